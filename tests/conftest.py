"""What tests share: the servers they run on, a browser when there is one, the reference data when it is there."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

# Playwright's synchronous API runs an event loop in the test's thread; Django refuses the base there otherwise.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _files_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads of tests go to a folder of theirs."""
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("files"))


def chromium_path() -> str | None:
    """A Chromium named by CHROMIUM or found on PATH."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium for the whole session."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: `apt-get install chromium`, or name one in the variable CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the reference data; it is no part of the repository."""
    folder = Path(os.environ.get("SALESDEPT_SHARED", settings.BASE_DIR.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no reference data: put it at ../shared/data or name its parent in SALESDEPT_SHARED")
    return folder
