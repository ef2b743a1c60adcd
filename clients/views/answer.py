"""How an action on clients answers: a toast with undo for HTMX, the page with a message for everybody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from clients.models import BulkChange
from salesdept.access import PersonRequest

CHANGED = "clients-changed"  # parts of pages that show clients listen to it and load themselves again


def done(request: PersonRequest, text: str, back: str, change: BulkChange | None = None) -> HttpResponseBase:
    """Say what was done, offer to undo it, and have the page show the new state."""
    context = {"text": text, "change": change, "next": back}
    toast = render_to_string("clients/parts/toast.html", context, request=request)
    if request.htmx:
        response = HttpResponse(toast)
        response["HX-Trigger"] = CHANGED
        return response
    messages.success(request, toast)
    return redirect(back)


def refused(request: PersonRequest, text: str, back: str) -> HttpResponseBase:
    """Say why it was not done: 422 in place, or the page with a message."""
    if request.htmx:
        toast = render_to_string("clients/parts/toast.html", {"text": text, "is_bad": True}, request=request)
        return HttpResponse(toast, status=422, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    messages.error(request, text)
    return redirect(back)


def safe_next(request: PersonRequest, default: str) -> str:
    """Where to go back to: an address of this site from the form, or the default."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else default
