"""Every screen in Chromium, as the roles find it: no complaint of the browser, no strange host, no breach of WCAG.

SCREENS is the list: a screen is a line. A page that exists and stands in no line fails the test. Each screen is
opened in Russian and in English; its structure is checked in the light theme, its colours in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import expect

from salesdept.models import User
from salesdept.roles import Role
from tests.browser.conftest import WCAG, listen, violations
from tests.browser.office import Base, build
from tests.routes import our_routes
from tests.test_access import TABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
COLOURS = WCAG | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LANGUAGES = ("ru", "en")

HEAD, SELLER, OFFICE = Role.SALES_HEAD, Role.SERVICE_MANAGER, Role.BRANCH_HEAD
STRANGER = ""  # nobody has signed in


@dataclass(frozen=True)
class Screen:
    """A line of the list: a route, what its address names, and the roles for whom it looks different."""

    name: str
    roles: tuple[str, ...] = (HEAD,)
    kwargs: dict[str, str] = field(default_factory=dict)
    query: str = ""
    status: int = 200

    def address(self, base: Base) -> str:
        """Where it is."""
        values = base.values()
        kwargs = {param: values[thing] for param, thing in self.kwargs.items()}
        url = reverse(self.name, kwargs=kwargs)
        return f"{url}?{self.query.format(**values)}" if self.query else url


CLIENT = {"pk": "client"}
DRAFT, REVIEW = ({"code": f"{one}_code", "number": f"{one}_number"} for one in ("draft", "review"))
REHEARSED = {"code": "rehearsed_code", "number": "rehearsed_number"}
SCREENS = (
    Screen("deals:day", (SELLER, Role.LEAD_MANAGER, HEAD, OFFICE)),
    Screen("deals:day", query="manager={manager}"),
    Screen("deals:day", (SELLER,), query="date=2020-01-01"),
    Screen("deals:call", (Role.LEAD_MANAGER,)),  # nobody to call
    Screen("deals:call_entry", (SELLER,), {"pk": "entry"}),
    Screen("deals:call_entry", (SELLER,), {"pk": "called"}),
    Screen("deals:client_call", (SELLER,), CLIENT),
    Screen("deals:tasks", (SELLER, HEAD), query="whose={whose}"),
    Screen("deals:tasks", (SELLER,), query="when=done"),
    Screen("deals:tasks", query="whose=given&when=overdue"),
    Screen("deals:task_new", (SELLER, HEAD), query="client={client}"),
    Screen("deals:task_detail", (SELLER, HEAD), {"pk": "task"}),
    Screen("deals:task_detail", (SELLER,), {"pk": "closed_task"}),
    Screen("deals:client_timeline", (SELLER,), CLIENT),
    Screen("deals:client_tasks", (SELLER,), CLIENT),
    Screen("clients:list", (SELLER, HEAD, Role.MARKETER)),
    Screen("clients:list", query="stage=zero&sort=name"),
    Screen("clients:list", (SELLER,), query="queue=no_owner"),
    Screen("clients:list", query="q=никто"),
    Screen("clients:new", (SELLER,)),
    Screen("clients:card", (SELLER, HEAD, Role.DIRECTOR), CLIENT),
    Screen("clients:card", (SELLER,), CLIENT, "tab=tasks"),
    Screen("clients:card", (SELLER,), CLIENT, "tab=shipments"),
    Screen("clients:card", (SELLER,), CLIENT, "tab=categories"),
    Screen("clients:card", (SELLER,), CLIENT, "tab=history"),
    Screen("clients:card", (HEAD,), {"pk": "bare_client"}),
    Screen("clients:edit", (SELLER, HEAD), CLIENT),
    Screen("clients:shipment", (SELLER,), CLIENT | {"shipment_pk": "shipment"}),
    Screen("clients:contact_new", (SELLER,), CLIENT),
    Screen("clients:contact_edit", (SELLER,), CLIENT | {"contact_pk": "contact"}),
    Screen("clients:entity_new", (SELLER,), CLIENT),
    Screen("clients:entity_edit", (SELLER,), CLIENT | {"entity_pk": "entity"}),
    Screen("imports:list"),
    Screen("imports:batch", kwargs={"pk": "uploaded"}),
    Screen("imports:batch", kwargs={"pk": "checked"}),
    Screen("imports:batch", kwargs={"pk": "applied"}),
    Screen("kpi:dashboard", (HEAD, OFFICE)),
    Screen("kpi:dashboard", query="view=projector"),
    Screen("kpi:dashboard", query="month={month}&office=spb"),
    Screen("kpi:dashboard", query="month=2019-01"),
    Screen("kpi:rows", (SELLER, HEAD), query="month={month}"),
    Screen("kpi:people", query="month={month}&what=active"),
    Screen("kpi:people", (SELLER,), query="month={month}&what=top_late"),
    Screen("kpi:calls", query="month={month}&what=open"),
    Screen("kpi:my_month", (SELLER,)),
    Screen("kpi:plans", (HEAD, Role.DIRECTOR)),
    Screen("playbook:index", (SELLER, HEAD)),
    Screen("playbook:index", (SELLER,), query="q=звонок"),
    Screen("playbook:index", (SELLER,), query="q=ничегонет"),
    Screen("playbook:index", (SELLER,), query="q=клинет"),
    Screen("playbook:typology", (SELLER,)),
    Screen("playbook:identify", (SELLER,)),
    Screen("playbook:segment", (SELLER,), {"code": "segment_code"}),
    Screen("playbook:scripts", (SELLER,)),
    Screen("playbook:objections", (SELLER,)),
    Screen("playbook:version", (SELLER,), {"code": "coming_code", "number": "coming_number"}),
    Screen("playbook:reading", (HEAD, OFFICE)),
    Screen("playbook:reading", query="state=confirmed&role=director"),
    Screen("playbook:people", (SELLER, HEAD)),
    Screen("playbook:job", (SELLER,), {"role": "role_code"}),
    Screen("playbook:training", (SELLER, HEAD, Role.DIRECTOR)),
    Screen("playbook:training_matrix", (HEAD, OFFICE)),
    Screen("playbook:training_matrix", query="look=failed&role=marketer"),
    Screen("playbook:training_person", (SELLER, HEAD), {"pk": "manager"}),
    Screen("playbook:course", (SELLER,), {"code": "course_code"}),
    Screen("playbook:quiz", (SELLER,), {"code": "quiz_code"}),
    Screen("playbook:quiz", (SELLER,), {"code": "quiz_begun_code"}),
    Screen("playbook:attempt", (SELLER, HEAD), {"pk": "attempt"}),
    Screen("playbook:assess", query="person={manager}"),
    Screen("playbook:assess", query="person={manager}&regulation={quiz_page}&script={heard}"),
    Screen("playbook:assessment", (SELLER, HEAD), {"pk": "assessment"}),
    Screen("playbook:onboarding_start", query="person={manager}"),
    Screen("playbook:onboarding", (SELLER, HEAD), {"pk": "onboarding"}),
    Screen("playbook:regulation", (SELLER, HEAD), {"code": "draft_code"}),
    Screen("playbook:compare", (HEAD,), {"code": "draft_code"}, "to={draft_number}"),
    Screen("playbook:version", (HEAD,), DRAFT),
    Screen("playbook:version", (HEAD, Role.DIRECTOR), REVIEW),
    Screen("playbook:edit", (HEAD,), DRAFT),
    Screen("playbook:version", (HEAD,), REHEARSED),
    Screen("playbook:rehearsal", (HEAD, Role.DIRECTOR), REHEARSED),
    Screen("playbook:rehearsal", (HEAD,), REHEARSED, "kind=stage"),
    Screen("playbook:rehearsal", (HEAD,), DRAFT),  # not computed yet
    Screen("night", (HEAD, Role.DIRECTOR)),
    Screen("profile", (SELLER,)),
    Screen("account_change_password", (SELLER,)),
    Screen("account_reauthenticate", (SELLER,)),
    Screen("account_email", (SELLER,)),
    Screen("account_logout", (SELLER,)),
    Screen("usersessions_list", (SELLER,)),
    Screen("mfa_index", (SELLER,)),
    Screen("mfa_activate_totp", (SELLER,)),
    Screen("account_login", (STRANGER,)),
    Screen("account_signup", (STRANGER,)),
    Screen("account_reset_password", (STRANGER,)),
    Screen("account_reset_password_done", (STRANGER,)),
    Screen("night", (SELLER,), status=403),
    Screen("clients:card", (SELLER,), {"pk": "foreign_client"}, status=404),
)
# Pages that have no look of their own.
NO_SCREEN = {
    "home": "leads each role to its first page",
    "imports:rejects": "a file",
    "playbook:picture": "a file",
    "playbook:book_pdf": "a file",
    "playbook:regulation_pdf": "a file",
    "playbook:version_pdf": "a file",
    "clients:by_code": "leads to the card",
    "clients:facts": "a part of the card; without HTMX leads to it",
    "clients:capacity": "a note inside the forms of hand-over",
    "deals:task_clients": "suggestions inside a form",
}


@dataclass
class Tab:
    """A browser tab of a person."""

    page: Any
    home: str

    def show(self, address: str) -> int:
        """Open an address and wait until all its parts are there; the status of the answer."""
        self.page.complaints.clear()
        answer = self.page.goto(self.home + address)
        settle(self.page)
        return int(answer.status)

    def speak(self, language: str) -> None:
        """The person's language."""
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.home}
        self.page.context.add_cookies([cookie])


def settle(page: Any) -> None:
    """Wait for the parts that load by themselves: HTMX marks an element while its request is on the way."""
    expect(page.locator(".htmx-request")).to_have_count(0)


@pytest.fixture
def tab_of(chromium: Any, live_server: Any) -> Iterator[Any]:
    """One tab a person, kept for the whole test."""
    tabs: dict[str, Tab] = {}

    def find(user: User | None) -> Tab:
        key = user.email if user else STRANGER
        if key not in tabs:
            context = chromium.new_context(viewport=WIDE, color_scheme="light")
            if user:
                session = Browser()
                session.force_login(user)
                value = session.cookies[settings.SESSION_COOKIE_NAME].value
                cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
                context.add_cookies([cookie])
            tabs[key] = Tab(listen(context.new_page(), live_server.url), live_server.url)
        return tabs[key]

    yield find
    for tab in tabs.values():
        tab.page.context.close()


@pytest.fixture
def base(transactional_db: Any) -> Base:
    return build()


def test_every_page_is_in_the_list() -> None:
    listed = {screen.name for screen in SCREENS} | set(NO_SCREEN)
    pages = {name for name in our_routes() if _answers_get(name)}
    assert not pages - listed, f"add a line to SCREENS in {__name__}: {sorted(pages - listed)}"
    assert not listed - pages - set(_of_libraries()), "these pages are no more: take their lines out"


def _answers_get(name: str) -> bool:
    """Whether a route is opened by a link; one that the access test does not know is taken for a page."""
    rules = TABLE.get(name, ())
    return not rules or any("GET" in one.methods for one in (rules if isinstance(rules, tuple) else (rules,)))


def _of_libraries() -> list[str]:
    return [screen.name for screen in SCREENS if screen.name not in our_routes()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_breaks_wcag_or_complains(tab_of: Any, base: Base, language: str) -> None:
    wrong = []
    for screen in SCREENS:
        for role in screen.roles:
            tab = tab_of(base.people.get(role))
            tab.speak(language)
            where = f"{screen.address(base)} as {role or 'a stranger'}"
            status = tab.show(screen.address(base))
            if status != screen.status:
                wrong.append(f"{where}: {status}, should be {screen.status}")
            wrong += [f"{where}: {one}" for one in seen(tab.page, screen.status)]
    assert not wrong, "\n".join(wrong)


def seen(page: Any, status: int) -> Iterator[str]:
    """What is wrong on a page: structure once, colours in both themes, width on a desk and on a phone."""
    expected = f"the server responded with a status of {status}"
    yield from (one for one in page.complaints if status == 200 or expected not in one)
    yield from violations(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {one}" for one in violations(page, COLOURS))
    page.emulate_media(color_scheme="light")
    if width := _too_wide(page):
        yield f"{width} px wide on a screen of {WIDE['width']}"
    page.set_viewport_size(PHONE)
    if _too_wide(page):
        page.reload()  # a chart follows a change of width a moment later; a phone does not change its width
        settle(page)
        if width := _too_wide(page):
            yield f"{width} px wide on a screen of {PHONE['width']}"
    page.set_viewport_size(WIDE)


def _too_wide(page: Any) -> int:
    """The width of a page that has to be scrolled sideways, else 0."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return int(wide) if wide > seen else 0


@pytest.mark.parametrize("role", Role.values)
def test_whatever_a_role_finds_opens(tab_of: Any, base: Base, role: str) -> None:
    """From the first page along every link, one page of each kind."""
    tab, wrong = tab_of(base.people[role]), []
    found, visited = ["/"], set()
    while found:
        address = found.pop(0)
        kind = _kind(address)
        if not kind or kind in visited or (visited and kind in NO_SCREEN):
            continue
        visited.add(kind)
        status = tab.show(address)
        if status != 200 or tab.page.complaints:
            wrong.append(f"{address}: {status} {tab.page.complaints}")
        if _kind(urlsplit(tab.page.url).path) in RAIL and (breaches := violations(tab.page)):
            wrong.append(f"{address}: {breaches}")
        links = tab.page.eval_on_selector_all("a[href]", "all => all.map((one) => one.getAttribute('href'))")
        found += [link for link in links if link.startswith("/")]
    assert not wrong, "\n".join(wrong)
    assert {"profile", "playbook:index", "deals:tasks", "clients:list"} <= visited


RAIL = (
    "deals:day",
    "clients:list",
    "deals:tasks",
    "kpi:dashboard",
    "playbook:index",
    "imports:list",
    "night",
)


def _kind(address: str) -> str:
    """The route of a link to one of our pages."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
    return name if name in our_routes() else ""


@pytest.mark.parametrize(
    ("address", "step", "rows"),
    [
        ("/clients/?stage=active&sort=name", "nav.views a >> nth=0", "tbody .who .strong"),
        ("/results/?month={month}&office=spb", "a[href*='office=msk'] >> nth=0", "main td"),
        ("/results/people/?what=active&month={month}", "main a[href*='what='] >> nth=1", "tbody td"),
        ("/tasks/?whose=all&when=overdue", ".when-filter a >> nth=0", ".task .name"),
    ],
)
def test_back_reload_and_a_shared_link_show_the_same_table(
    tab_of: Any, base: Base, address: str, step: str, rows: str
) -> None:
    tab = tab_of(base.people[HEAD])
    page = tab.page
    tab.show(address.format(**base.values()))
    shown, here = page.locator(rows).all_inner_texts(), page.url
    assert shown
    page.locator(step).click()
    page.wait_for_url(lambda url: url != here)
    settle(page)
    assert page.locator(rows).all_inner_texts() != shown
    page.go_back()
    page.wait_for_url(here)
    expect(page.locator(rows)).to_have_count(len(shown))
    assert page.locator(rows).all_inner_texts() == shown
    page.reload()
    assert page.locator(rows).all_inner_texts() == shown
    other = tab_of(base.people[Role.DEPUTY_DIRECTOR])
    other.show(here.removeprefix(tab.home))
    if "/tasks/" not in here:  # whose tasks one sees depends on who one is
        assert other.page.locator(rows).all_inner_texts() == shown
    assert page.complaints == []
