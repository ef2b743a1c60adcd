"""The book on paper: read back from the PDF; a text is never a command."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from playbook import printing
from playbook.models import Picture, Regulation, RegulationVersion
from playbook.printing.nodes import nodes, pictures_of
from playbook.services import parameters
from playbook.services import version as versions
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_russian() -> Any:
    with translation.override("ru"):
        yield


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD)


def signed_in(user: User) -> Browser:
    browser = Browser(headers={"accept-language": "ru"})
    browser.force_login(user)
    return browser


def pages_of(content: bytes) -> list[str]:
    """Words of each page in one line."""
    return [_one_line(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"[-\u00ad\u2010]\n", "", text).split())


def draft_of(head: User, text: str, **values: Any) -> RegulationVersion:
    draft = versions.start_draft(Regulation.objects.get(code="active-base"), head)
    versions.save_draft(draft.pk, head, seen=draft.revision, text=text, change_note="Иначе", values=values)
    return RegulationVersion.objects.select_related("regulation").get(pk=draft.pk)


def test_a_regulation_says_its_version_its_days_and_its_pages(head: User) -> None:
    response = signed_in(head).get("/book/active-base/pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    pages = pages_of(response.content)
    title = Regulation.objects.get(code="active-base").title
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Страница {number} из {len(pages)}" in page
        assert f"Напечатано {today():%d.%m.%Y}" in page
        assert "Версия 1, действует с начала учёта" in page
        assert title in page


def test_headings_tables_lists_and_values_are_there(head: User) -> None:
    text = (
        "## Ритм разговоров\n\nРаз в {{ contact.top_months }} мес., **важно**, `код`.\n\n"
        "1. первый шаг\n2. второй шаг\n   - внутри шага\n\n| Кто | Когда |\n|---|---|\n| Новый | раз в {{ contact.new_months }} мес. |\n\n"
        "> цитата\n\n```\nстрока кода\n```\n\n[сайт](https://abc.example/x) и [место](/book/leads/)\n\n---\n"
    )
    draft = draft_of(head, text, **{"contact.top_months": 7, "contact.new_months": 5})
    content = printing.regulation(draft, today())
    words = " ".join(pages_of(content))
    for expected in ("Ритм разговоров", "Раз в 7 мес., важно, код.", "1. первый шаг", "2. второй шаг", "внутри шага",
                     "Кто Когда", "Новый раз в 5 мес.", "цитата", "строка кода", "сайт и место", "Версия 2, черновик",
                     "Значения параметров"):  # fmt: skip
        assert expected in words, expected
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in PdfReader(BytesIO(content)).pages
        for annotation in page.get("/Annots", [])
        if "/URI" in annotation.get_object().get("/A", {})
    ]
    assert links == ["https://abc.example/x"]


HOSTILE = [
    '#include "/etc/passwd"',
    '#read("/etc/passwd")',
    '#image("/etc/passwd")',
    '#import "@preview/cetz:0.2.2": *',
    "#panic(1) #{ while true {} } #let x = 1; #x",
    '#sys.inputs #eval("1+1") #plugin("x.wasm")',
    "$ x^2 $ $unclosed",
    r"\ \\ \u{1F600} \#",
    "@reference <label> @[x]",
    "`raw` ``` ```",
    "= heading == more\n+ plus / term: x ~ ... -- ---",
    "*unclosed _unclosed [bracket ] { } ( ) ; , : .",
    "// comment /* block */ https://a.example",
    '"quote" \'single\' "; #read("x"); "',
    "]] ]} #] [#",
    "строка\u2028с\u0085разными\u200bпробелами",
    "{{ contact.top_months }}#{{ contact.top_months }}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
@pytest.mark.parametrize(
    "place", ["{}", "## {}", "- {}", "| а | б |\n|---|---|\n| {} | {} |", "[{}](https://a.example)", "> {}"]
)
def test_a_text_is_never_a_command(head: User, text: str, place: str) -> None:
    version = RegulationVersion(regulation=Regulation.objects.get(code="active-base"), number=9)
    sheet = printing.Sheet(
        text, text, nodes(place.replace("{}", text), parameters.in_force(today())), text, [(text, text)]
    )
    content = printing.compiled(text, today(), [printing.Section(text, [sheet])], contents=True)
    words = " ".join(pages_of(content))
    assert "root:" not in words
    first = re.findall(r"\w{3,}", text)
    assert all(word in words for word in first[:2]), (first, words[:300])
    assert version.number == 9


def test_words_come_out_as_they_were_written(head: User) -> None:
    text = r'#include "/etc/passwd" $x$ \\ @ref <label> #{1+1} ~ // /* ; «ёлка» — 5 %'
    draft = draft_of(head, text)
    words = " ".join(pages_of(printing.regulation(draft, today())))
    assert r'#include "/etc/passwd" $x$ \ @ref <label> #{1+1} ~ // /* ; «ёлка» — 5 %' in words


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secret.txt", "../../../../etc/passwd", "{tmp}/secret.txt"]
)
def test_the_compiler_reaches_no_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Even a command would find nothing: a template that reads a file fails with the program's own options."""
    import typst

    (tmp_path / "secret.txt").write_text("SECRET")
    template = tmp_path / "evil.typ"
    template.write_text(f'#read("{path.format(tmp=tmp_path)}")')
    monkeypatch.setattr(printing, "TEMPLATE", template)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(typst.TypstError):
        printing.compiled("Т", today(), [])


def test_a_picture_is_printed_and_a_foreign_one_is_its_words(head: User) -> None:
    file = BytesIO()
    Image.effect_noise((300, 200), 40).convert("RGB").save(file, "PNG")
    picture = Picture.objects.create(
        digest="d", name="x", width=300, height=200, content=file.getvalue(), uploaded_by=head
    )
    text = (
        f"До ![Схема](/book/pictures/{picture.pk}/) после\n\n![Чужая картинка](https://evil.example/x.png)\n"
    )
    content = printing.regulation(draft_of(head, text), today())
    reader = PdfReader(BytesIO(content))
    assert sum(len(page.images) for page in reader.pages) >= 1
    words = " ".join(pages_of(content))
    assert "Чужая картинка" in words
    assert "evil" not in words


def test_pictures_are_found_at_any_depth(head: User) -> None:
    for number in (3, 4, 5):
        Picture.objects.create(
            pk=number, digest=str(number), name="x", width=1, height=1, content=b"x", uploaded_by=head
        )
    text = "- а\n  - ![](/book/pictures/3/)\n\n| а |\n|---|\n| ![](/book/pictures/4/) |\n\n| ![](/book/pictures/5/) |\n|---|\n"
    tree = nodes(text, parameters.in_force(today()))
    assert pictures_of(tree) == {3, 4, 5}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "x" * 5000,
        "- " * 60 + "x",
        "> " * 60 + "x",
        "1000000000. x",
        "| а |\n|---|",
        "|a|b|\n|-|-|\n|1|\n|1|2|3|",
    ],
)
def test_odd_texts_are_printed(head: User, text: str) -> None:
    sheet = printing.Sheet("Т", "ф", nodes(text, parameters.in_force(today())))
    assert pages_of(printing.compiled("Т", today(), [printing.Section(None, [sheet])]))


def test_the_whole_book_has_contents_and_every_regulation(head: User) -> None:
    content = signed_in(head).get("/book/pdf/").content
    pages = pages_of(content)
    assert "Книга продаж" in pages[0]
    assert "Содержание" in pages[1]
    contents = " ".join(pages[1:4])
    for one in Regulation.objects.all():
        assert one.title in contents, one.title
    for number, page in enumerate(pages, start=1):
        assert f"Страница {number} из {len(pages)}" in page
        assert f"Напечатано {today():%d.%m.%Y}" in page
    assert len(PdfReader(BytesIO(content)).outline) >= 5
    first = Regulation.objects.get(code="key-client").title
    place = re.search(rf"{re.escape(first)} [. ]*?(\d+)", contents)
    assert place is not None
    assert first in pages[int(place[1]) - 1]


def test_only_what_is_in_force_is_printed(head: User) -> None:
    draft = draft_of(head, "Ещё недействующий текст.")
    browser = signed_in(UserFactory(role=Role.OPERATOR))
    assert "недействующий" not in " ".join(pages_of(browser.get("/book/active-base/pdf/").content))
    assert "недействующий" not in " ".join(pages_of(browser.get("/book/pdf/").content))
    assert browser.get("/book/active-base/2/pdf/").status_code == 404
    assert "недействующий" in " ".join(pages_of(signed_in(head).get("/book/active-base/2/pdf/").content))
    sent = versions.send_to_review(draft.pk, head, seen=draft.revision)
    day = today() + timedelta(days=3)
    versions.approve(sent.pk, head, seen=sent.revision, day=day)
    coming = pages_of(browser.get("/book/active-base/2/pdf/").content)
    assert "Версия 2, действует с" in coming[0]
    assert "недействующий" not in " ".join(pages_of(browser.get("/book/active-base/pdf/").content))


@pytest.mark.parametrize("url", ["/book/nothing/pdf/", "/book/active-base/77/pdf/"])
def test_what_is_not_there_is_not_found(head: User, url: str) -> None:
    assert signed_in(head).get(url).status_code == 404


def test_the_same_day_gives_the_same_file(head: User) -> None:
    version = Regulation.objects.get(code="active-base").versions.get()
    assert printing.regulation(version, today()) == printing.regulation(version, today())
    assert timezone.localdate() == today()
