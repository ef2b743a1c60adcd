"""Pictures of the book: upload in the draft's editor, and the picture itself."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from playbook.models import Picture
from playbook.services import picture as pictures
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm

_SEALED = {"default-src": [NONE], "frame-ancestors": [NONE], "base-uri": [NONE], "form-action": [NONE]}
_FOREVER = "private, max-age=31536000, immutable"  # another content is another number


@require_POST
@needs(Perm.EDIT_BOOK)
def upload(request: PersonRequest) -> HttpResponse:
    """Take a picture in; the answer says what to write in the text (the editor puts it at the cursor)."""
    file, error, picture = request.FILES.get("picture"), "", None
    if file is None:
        error = _("Choose a picture first.")
    else:
        try:
            picture = pictures.store(file, file.name or "", request.user)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    context: dict[str, Any] = {
        "picture": picture,
        "error": error,
        "back": _own_page(request.POST.get("back", "")),
    }
    if picture:
        context["markdown"] = (
            f"![{_words(request.POST.get('alt', '')) or _words(picture.name)}]({reverse('playbook:picture', args=[picture.pk])})"
        )
    fragment = wants_fragment(request)
    template = "playbook/parts/picture.html" if fragment else "playbook/picture.html"
    return render(request, template, context, status=422 if error else 200)


@require_safe
@needs(Perm.READ_BOOK)
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """The picture, for people who may read the book; it is never interpreted as anything else."""
    picture = get_object_or_404(Picture, pk=pk)
    content = bytes(picture.content)
    response = HttpResponse(content, content_type=pictures.content_type(content))
    response["Cache-Control"] = _FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response._csp_config, response._csp_update = _SEALED, {}  # type: ignore[attr-defined]
    return response


def _words(text: str) -> str:
    """What the picture shows, fit to stand between the brackets of Markdown."""
    return " ".join("".join(one for one in text if one not in "[]\\`<>\x00").split())[:150]


def _own_page(path: str) -> str:
    """A page of the book to go back to; nothing else is believed."""
    is_own = path.startswith("/book/") and path.isascii() and "//" not in path and "\\" not in path
    return path if is_own else ""
