"""What browser tests share: a signed-in page that notes every complaint of the browser, and axe."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser

from salesdept.models import User

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
# A form with errors comes back as 422, which Chromium writes into the console as a failed resource.
EXPECTED = "the server responded with a status of 422"


@pytest.fixture
def open_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open an address as a person, in a theme, a language and a size; complaints are in `page.complaints`."""
    contexts = []

    def open_as(
        user: User,
        url: str,
        *,
        theme: str = "light",
        language: str = "ru",
        size: tuple[int, int] = (1366, 768),
    ) -> Any:
        session = Browser()
        session.force_login(user)
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale=language
        )
        contexts.append(context)
        cookies = {
            settings.SESSION_COOKIE_NAME: session.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.LANGUAGE_COOKIE_NAME: language,
        }
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page = listen(context.new_page(), live_server.url)
        page.goto(live_server.url + url)
        page.wait_for_load_state("networkidle")
        return page

    yield open_as
    for context in contexts:
        context.close()


def listen(page: Any, home: str) -> Any:
    """Note in `page.complaints` whatever the browser complains of, and every request to another host."""
    page.complaints = []
    page.on("console", lambda message: _note_console(page, message))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: _note_stranger(page, request.url, home))
    return page


def _note_console(page: Any, message: Any) -> None:
    if message.type in ("error", "warning") and EXPECTED not in message.text:
        page.complaints.append(message.text)


def _note_stranger(page: Any, url: str, home: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.netloc != urlsplit(home).netloc:
        page.complaints.append(f"request to another host: {parts.netloc}")


def violations(page: Any, options: dict[str, Any] = WCAG) -> list[str]:
    """Breaches of WCAG 2.2 AA that axe sees on the page, in words. Axe goes in from outside, past the policy."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]
