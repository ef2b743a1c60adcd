"""How an action answers: a toast with its undo for HTMX, the page with a message for everybody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from salesdept.access import PersonRequest


def toast(request: PersonRequest, text: str, **context: Any) -> SafeString:
    """A message; with `undo_url` it offers to take the action back, `undo_target` is what the answer replaces."""
    return render_to_string("deals/parts/toast.html", {"text": text} | context, request=request)


def refused(request: PersonRequest, text: str, back: str) -> HttpResponseBase:
    """Why it was not done: 422 beside what stands on the page, or the page with a message."""
    if request.htmx:
        answer = toast(request, text, is_bad=True)
        return HttpResponse(answer, status=422, headers={"HX-Retarget": "#toasts", "HX-Reswap": "innerHTML"})
    messages.error(request, text)
    return redirect(back)


def safe_next(request: PersonRequest, default: str) -> str:
    """Where to go back to: an address of this site from the form, or the default."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else default
