"""Pictures of the book: checked by content, drawn anew, for readers of the book only."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image
from PIL.ExifTags import Base

from playbook.models import Picture
from playbook.services import picture as pictures
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/book/pictures/"


@pytest.fixture
def editor() -> User:
    return UserFactory(role=Role.SALES_HEAD)


@pytest.fixture
def browser(editor: User) -> Browser:
    found = Browser(headers={"accept-language": "ru"})
    found.force_login(editor)
    return found


def drawn(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    image = Image.new(mode, size)
    for place in range(min(size)):
        image.putpixel((place, place), 255 if mode in ("L", "P") else (200, 10, 30, 90)[: len(mode)])
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode", "stored"),
    [("PNG", "RGB", "PNG"), ("PNG", "RGBA", "PNG"), ("PNG", "P", "PNG"), ("PNG", "L", "PNG"),
     ("JPEG", "RGB", "JPEG"), ("JPEG", "CMYK", "JPEG"), ("WEBP", "RGB", "JPEG"), ("WEBP", "RGBA", "PNG")],
)  # fmt: skip
def test_it_takes_what_is_a_picture(editor: User, kind: str, mode: str, stored: str) -> None:
    picture = pictures.store(BytesIO(drawn(kind, mode)), "Схема отдела.bin", editor)
    assert (picture.width, picture.height, picture.name) == (40, 20, "Схема отдела")
    again = Image.open(BytesIO(picture.content))
    assert again.format == stored
    assert again.size == (40, 20)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"
REFUSED = {
    "nothing": b"",
    "text": "просто текст".encode(),
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": drawn("GIF", "P"),
    "bmp": drawn("BMP"),
    "tiff": drawn("TIFF"),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "html that begins as gif": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "png sign and html": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "cut png": drawn(size=(300, 300))[:120],
    "cut jpeg": drawn("JPEG", size=(300, 300))[:300],
    "bomb": bomb(30_000, 30_000),
    "just over": bomb(5_000, 4_001),
    "too many bytes": drawn() + b"\0" * pictures.MAX_BYTES,
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_it_refuses_the_rest_in_words(browser: Browser, content: bytes) -> None:
    file = SimpleUploadedFile("picture.png", content, content_type="image/png")
    response = browser.post(URL, {"picture": file})
    assert response.status_code == 422
    text = response.content.decode()
    assert "notice bad" in text
    assert "артинк" in text or "пустой" in text
    assert not Picture.objects.exists()


def test_nothing_hidden_survives(editor: User) -> None:
    exif = Image.Exif()
    exif[Base.ImageDescription] = "SECRET-PLACE"
    exif[Base.Orientation] = 6
    content = drawn("JPEG", exif=exif.tobytes(), comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE")
    content += b"<script>SECRET-TAIL</script>"
    assert b"SECRET-TAIL" in content
    picture = pictures.store(BytesIO(content), "x.jpg", editor)
    assert b"SECRET" not in bytes(picture.content)
    assert b"<script" not in bytes(picture.content)
    assert (picture.width, picture.height) == (20, 40)  # turned as the camera was held


def test_text_of_a_png_does_not_survive(editor: User) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "SECRET <script>")
    picture = pictures.store(BytesIO(drawn(pnginfo=info)), "x.png", editor)
    assert b"SECRET" not in bytes(picture.content)


def test_the_same_picture_is_kept_once(browser: Browser) -> None:
    for name in ("a.png", "b.png"):
        response = browser.post(URL, {"picture": SimpleUploadedFile(name, drawn())})
        assert response.status_code == 200
    assert Picture.objects.count() == 1


def test_a_large_picture_is_made_smaller(editor: User) -> None:
    picture = pictures.store(BytesIO(drawn(size=(4800, 100))), "x.png", editor)
    assert (picture.width, picture.height) == (pictures.LONGEST_SIDE, 50)


def test_without_javascript_the_page_says_what_to_paste(browser: Browser) -> None:
    data = {
        "picture": SimpleUploadedFile("schema.png", drawn()),
        "alt": "Кто [кому] звонит",
        "back": "/book/leads/",
    }
    text = browser.post(URL, data).content.decode()
    picture = Picture.objects.get()
    assert f"![Кто кому звонит](/book/pictures/{picture.pk}/)" in text
    assert 'href="/book/leads/"' in text
    assert "<html" in text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/book//evil.example", "javascript:x"]
)
def test_the_way_back_leads_into_the_book_only(browser: Browser, back: str) -> None:
    text = browser.post(URL, {"picture": SimpleUploadedFile("a.png", drawn()), "back": back}).content.decode()
    assert f'href="{back}"' not in text


def test_the_editor_gets_a_part(browser: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Target": "picture-answer"}
    text = browser.post(
        URL, {"picture": SimpleUploadedFile("схема.png", drawn())}, headers=headers
    ).content.decode()
    assert "<html" not in text
    assert f'data-insert="![схема](/book/pictures/{Picture.objects.get().pk}/)"' in text


def test_without_a_file_it_says_so(browser: Browser) -> None:
    assert browser.post(URL, {}).status_code == 422


def test_it_is_served_as_a_picture_and_nothing_else(editor: User, browser: Browser) -> None:
    picture = pictures.store(BytesIO(drawn()), "x.png", editor)
    response = browser.get(f"{URL}{picture.pk}/")
    assert response.content == bytes(picture.content)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_strangers_see_no_pictures(editor: User) -> None:
    picture = pictures.store(BytesIO(drawn()), "x.png", editor)
    response = Browser().get(f"{URL}{picture.pk}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.DIRECTOR])
def test_readers_see_pictures_and_bring_none(editor: User, role: str) -> None:
    picture = pictures.store(BytesIO(drawn()), "x.png", editor)
    browser = Browser()
    browser.force_login(UserFactory(role=role))
    assert browser.get(f"{URL}{picture.pk}/").status_code == 200
    assert browser.post(URL, {"picture": SimpleUploadedFile("a.png", drawn())}).status_code == 403
