"""What every page needs: fragments never cached as pages, a strict policy outside the admin, ended sessions."""

from collections.abc import Callable

from csp.constants import NONE, SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

_ADMIN_POLICY = {
    "script-src": [SELF, "'unsafe-eval'", "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
}
_PAGE_POLICY = {"script-src": [SELF], "style-src": [SELF], "connect-src": [SELF], "object-src": [NONE]}


class LanguageMiddleware(LocaleMiddleware):
    """Russian for everyone, English for whoever chose it; what the browser prefers is not asked."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the chosen language, kept in a cookie."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = {code for code, _name in settings.LANGUAGES}
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class PageMiddleware:
    """Adds `Vary: HX-Request`, the content policy of the part of the site, and no-store for signed-in people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers of DESIGN.md, «The page»."""
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        admin = request.path.startswith("/admin/")
        if not hasattr(response, "_csp_update"):
            response._csp_update = _ADMIN_POLICY if admin else _PAGE_POLICY  # type: ignore[attr-defined]
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response
