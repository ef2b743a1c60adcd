"""What every page needs: fragments never cached as pages, a strict policy outside the admin, ended sessions."""

from collections.abc import Callable

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_ADMIN_POLICY = {
    "script-src": [SELF, "'unsafe-eval'", "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
}
_PAGE_POLICY = {"script-src": [SELF], "style-src": [SELF], "connect-src": [SELF], "object-src": [NONE]}


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
