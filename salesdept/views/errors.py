"""Pages for what went wrong, in the user's language, with a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No right: says so and leads home."""
    return render(request, "salesdept/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or a client the person may not see."""
    return render(request, "salesdept/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; rendered without the shell, which may be what failed."""
    return render(request, "salesdept/errors/500.html", status=500)
