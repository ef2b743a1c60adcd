"""The book on paper: a regulation, one of its versions, or the whole book as a PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from playbook import printing
from playbook.models import Regulation
from playbook.views.regulation import history_of, in_force
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


@require_safe
@needs(Perm.READ_BOOK)
def book(request: PersonRequest) -> HttpResponse:
    """The whole book as it is in force today, with contents."""
    return _file(printing.book(today()), "book")


@require_safe
@needs(Perm.READ_BOOK)
def regulation(request: PersonRequest, code: str) -> HttpResponse:
    """A regulation as it is in force today."""
    page = get_object_or_404(Regulation, code=code)
    shown = in_force(history_of(page, request.user))
    if shown is None:
        raise Http404
    return _file(printing.regulation(shown, today()), code)


@require_safe
@needs(Perm.READ_BOOK)
def version(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """One version: drafts only for those who may see them."""
    page = get_object_or_404(Regulation, code=code)
    shown = next((one for one in history_of(page, request.user) if one.number == number), None)
    if shown is None:
        raise Http404
    return _file(printing.regulation(shown, today()), f"{code}-{number}")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
