"""Taking a picture into the book: checked by its content and drawn anew from its pixels.

What is kept is made here from decoded pixels alone: no EXIF, no colour profile, no bytes after the picture's end,
so whatever else a file carried does not survive. Limits are technical (memory), not rules of the department.
"""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from playbook.models import Picture
from salesdept.models import User

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 20_000_000
LONGEST_SIDE = 2400  # pixels; a larger picture is made smaller: pages and prints show no more
JPEG_QUALITY = 88
TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def store(file: Any, name: str, user: User) -> Picture:
    """The picture in the book; the one that is there already when its pixels are the same.

    ValidationError says in words why a file is refused.
    """
    content, width, height = redrawn(file)
    digest = hashlib.sha256(content).hexdigest()
    clean = " ".join(PurePath(name.replace("\\", "/").replace("\x00", "")).stem.split())[:150]
    picture, _made = Picture.objects.get_or_create(
        digest=digest,
        defaults={
            "name": clean or _("picture"),
            "width": width,
            "height": height,
            "content": content,
            "uploaded_by": user,
        },
    )
    return picture


def redrawn(file: Any) -> tuple[bytes, int, int]:
    """The pixels of an uploaded file as a new PNG or JPEG, with width and height in pixels."""
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValidationError(_("The picture is larger than 5 MB. Make it smaller and try again."))
    image, kind = _decoded(raw)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = ImageOps.exif_transpose(image).convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    target = BytesIO()
    if kind == "PNG" or has_alpha:
        bare.save(target, "PNG", optimize=True)
    else:
        bare.save(target, "JPEG", quality=JPEG_QUALITY, progressive=True)
    return target.getvalue(), bare.width, bare.height


def _decoded(raw: bytes) -> tuple[Image.Image, str]:
    """The decoded image and its format, whatever the file is called."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(raw), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            kind = str(image.format)
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_("The picture has more than 20 million pixels. Make it smaller.")) from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("This is no picture the book can take: only PNG, JPEG and WebP, whatever the file is called.")
        ) from error
    except Exception as error:  # decoders fail in many ways on broken files; each of them means the same
        raise ValidationError(_("The picture is damaged and cannot be opened.")) from error
    return image, kind


def content_type(content: bytes) -> str:
    """The type of a stored picture, told by its first bytes."""
    return next(
        (name for sign, name in TYPES.items() if content.startswith(sign)), "application/octet-stream"
    )
