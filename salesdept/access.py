"""Permission is decided in the view: a decorator that names the right (DESIGN.md, «Who sees what»)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from salesdept.models import User
from salesdept.roles import Perm, has_perm


class PersonRequest(HttpRequest):
    """A request of a signed-in person, for annotations."""

    user: User
    htmx: Any


View = Callable[..., HttpResponseBase]


def needs(*perms: Perm) -> Callable[[View], View]:
    """The view is for people whose role has any of the rights; others get 403, strangers the login page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    response = HttpResponse(status=401)
                    response["HX-Redirect"] = redirect_to_login(request.get_full_path()).url
                    return response
                return redirect_to_login(request.get_full_path())
            if perms and not any(has_perm(request.user, perm) for perm in perms):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.needs = perms  # type: ignore[attr-defined]
        return checked

    return decorate


def wants_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part of the page (and not the browser's history for all of it)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted
