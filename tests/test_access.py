"""Who may open what: every route × every role × own and somebody else's object (DESIGN.md, «Who sees what»).

TABLE says which roles may; it repeats `salesdept.roles` on purpose, so that a slip in either is seen. A route
without a row fails: add it to TABLE (and its screen to `tests/browser/test_screens.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.routes import every_route, our_routes, strangers
from tests.two_sides import FOREIGN_NAME, Roles, Rule, Scene, address, ask, scene_of

pytestmark = pytest.mark.django_db

R = Role
ALL: Roles = frozenset(Role.values)
NOBODY: Roles = frozenset()
CALLERS: Roles = frozenset({R.SERVICE_MANAGER, R.SENIOR_MANAGER, R.DEVELOPMENT_MANAGER, R.LEAD_MANAGER})
SELLERS: Roles = CALLERS - {R.LEAD_MANAGER}
EDITORS: Roles = CALLERS | {R.OPERATOR, R.SALES_HEAD, R.DEPUTY_DIRECTOR}
REVEALERS: Roles = EDITORS | {R.BRANCH_HEAD}
ASSIGNERS: Roles = frozenset({R.SENIOR_MANAGER, R.BRANCH_HEAD, R.SALES_HEAD})
EXPORTERS: Roles = frozenset({R.SALES_HEAD, R.DEPUTY_DIRECTOR})
EVERY_CLIENT: Roles = frozenset(
    {R.SENIOR_MANAGER, R.MARKETER, R.SALES_HEAD, R.DEPUTY_DIRECTOR, R.DIRECTOR}
)  # for them no client is somebody else's
RESULTS: Roles = EVERY_CLIENT | {R.BRANCH_HEAD}
EVERY_TASK: Roles = frozenset({R.SENIOR_MANAGER, R.SALES_HEAD})
PLANNERS: Roles = frozenset({R.SALES_HEAD})
BOOK_EDITORS: Roles = frozenset({R.SALES_HEAD, R.DEPUTY_DIRECTOR})
BOOK_DECIDERS: Roles = BOOK_EDITORS | {R.DIRECTOR}
TRAINERS: Roles = frozenset(
    {R.SENIOR_MANAGER, R.SALES_HEAD, R.DEPUTY_DIRECTOR, R.DIRECTOR}
)  # for them nobody's training is somebody else's
ASSESSORS: Roles = TRAINERS - {R.DIRECTOR} | {R.BRANCH_HEAD}
NIGHT_WATCH: Roles = frozenset({R.SALES_HEAD, R.DEPUTY_DIRECTOR, R.DIRECTOR})


GET = ("GET",)
POST = ("POST",)
CLIENT = {"pk": "client"}
CONTACT = CLIENT | {"contact_pk": "contact"}
ENTITY = CLIENT | {"entity_pk": "entity"}
DRAFT = {"code": "regulation_code", "number": "draft_number"}


def _of_client(roles: Roles, methods: tuple[str, ...] = ("GET", "POST"), **more: Any) -> Rule:
    return Rule(roles, methods, **({"kwargs": CLIENT, "seen": EVERY_CLIENT} | more))


def _call(things: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": "no_answer", "key": "5b0a8d4e-0c56-4d15-9a53-6f3c0f0a3c11", "note": "Не берут трубку"}


def _cell(things: dict[str, Any]) -> dict[str, Any]:
    return {f"plan-{things['seller']}-{things['month']}": "250"}


def _inn(things: dict[str, Any]) -> dict[str, Any]:
    return {"name": "ООО «Новое»", "inn": things["inn"], "kpp": "", "direction": "promo", "code": ""} | {
        "time_zone": "Europe/Moscow"
    }


TABLE: dict[str, Rule | tuple[Rule, ...]] = {
    "home": Rule(ALL),
    "profile": Rule(ALL),
    "save_view": Rule(ALL, POST, form=lambda t: {"page": "clients", "name": "Мои", "query": "top=1"}),
    "delete_view": Rule(ALL, POST, {"pk": "view"}, seen=NOBODY),
    "night": Rule(NIGHT_WATCH),
    "night_run": Rule(EXPORTERS, POST),
    "deals:day": Rule(CALLERS | RESULTS, query="manager={seller}", seen=EVERY_CLIENT),
    "deals:call": Rule(CALLERS),
    "deals:call_again": Rule(CALLERS, POST),
    "deals:call_entry": Rule(CALLERS, kwargs={"pk": "entry"}, form=_call, seen=NOBODY),
    "deals:call_skip": Rule(CALLERS, POST, {"pk": "entry"}, seen=NOBODY),
    "deals:call_unskip": Rule(CALLERS, POST, {"pk": "entry"}, seen=NOBODY),
    "deals:client_call": _of_client(CALLERS, form=_call),
    "deals:call_contact": _of_client(CALLERS, POST, kwargs={"pk": "contact"}),
    "deals:call_undo": Rule(CALLERS, POST, {"pk": "call"}, seen=NOBODY),
    "deals:tasks": Rule(ALL, query="whose=all&person={seller}", seen=EVERY_TASK, silent=True),
    "deals:task_new": Rule(
        ALL,
        query="client={client}",
        form=lambda t: {"title": "Позвонить", "client": t["code"], "due_on": t["due_on"]},
        seen=EVERY_CLIENT,
        silent=True,
    ),
    "deals:task_clients": Rule(ALL, query="client={code}", seen=EVERY_CLIENT, silent=True),
    "deals:task_detail": Rule(
        ALL,
        kwargs={"pk": "task"},
        form=lambda t: {"title": "Иначе", "due_on": t["due_on"], "kind": "other"},
        seen=EVERY_TASK,
    ),
    "deals:task_done": Rule(ALL, POST, {"pk": "task"}, seen=EVERY_TASK),
    "deals:task_cancel": Rule(ALL, POST, {"pk": "task"}, seen=EVERY_TASK),
    "deals:task_reopen": Rule(ALL, POST, {"pk": "task"}, seen=EVERY_TASK),
    "deals:task_move": Rule(
        ALL, POST, {"pk": "task"}, form=lambda t: {"due_on": t["due_on"]}, seen=EVERY_TASK
    ),
    "deals:client_timeline": _of_client(ALL),
    "deals:client_tasks": _of_client(ALL),
    "clients:list": (
        Rule(ALL, query="q={code}", seen=EVERY_CLIENT, silent=True),
        Rule(ALL, query="q={inn}&queue=no_owner", seen=EVERY_CLIENT, silent=True),
    ),
    "clients:new": Rule(EDITORS, form=_inn, seen=EVERY_CLIENT, silent=True),
    "clients:bulk": (
        Rule(
            ASSIGNERS,
            POST,
            form=lambda t: {"action": "work", "to_user": t["helper"], "client": t["client"]},
            seen=EVERY_CLIENT,
            silent=True,
            post_roles=ASSIGNERS | EDITORS,
        ),
        Rule(
            EDITORS,
            POST,
            form=lambda t: {"action": "segment", "to_segment": "horeca", "client": t["client"]},
            seen=EVERY_CLIENT,
            silent=True,
            post_roles=ASSIGNERS | EDITORS,
        ),
    ),
    "clients:capacity": Rule(
        ASSIGNERS, ("GET",), query="to_user={helper}&client={client}", seen=EVERY_CLIENT, silent=True
    ),
    "clients:undo": Rule(ALL, POST, {"pk": "change"}, seen=NOBODY),
    "clients:export": Rule(EXPORTERS, POST, query="q={code}"),
    "clients:rehearsal_export": Rule(EXPORTERS, POST, {"pk": "rehearsal"}),
    "clients:by_code": _of_client(ALL, kwargs={"code": "code"}),
    "clients:card": (
        _of_client(ALL),
        _of_client(ALL, query="tab=shipments"),
        _of_client(ALL, query="tab=categories"),
        _of_client(ALL, query="tab=history"),
    ),
    "clients:take": _of_client(SELLERS | {R.LEAD_MANAGER}, POST),
    "clients:assign": _of_client(ASSIGNERS, POST, form=lambda t: {"field": "work", "to_user": t["helper"]}),
    "clients:edit": _of_client(EDITORS, form=lambda t: {"name": "Другое имя", "direction": "promo"}),
    "clients:facts": _of_client(ALL),
    "clients:shipment": _of_client(ALL, kwargs=CLIENT | {"shipment_pk": "shipment"}),
    "clients:contact_new": _of_client(EDITORS, form=lambda t: {"name": "Новый", "phone": "88123330000"}),
    "clients:contact_edit": _of_client(EDITORS, kwargs=CONTACT, form=lambda t: {"name": "Новый"}),
    "clients:contact_reveal": _of_client(REVEALERS, POST, kwargs=CONTACT),
    "clients:entity_new": (
        _of_client(EDITORS, form=_inn),
        Rule(EDITORS, kwargs={"pk": "mine"}, form=_inn, seen=EVERY_CLIENT, silent=True),
    ),
    "clients:entity_edit": _of_client(EDITORS, kwargs=ENTITY, form=lambda t: {"name": "Иначе"}),
    # Everybody who brings data in sees all imports: they are the company's, not a person's.
    "imports:list": Rule(EXPORTERS),
    "imports:batch": Rule(EXPORTERS, ("GET",), {"pk": "import"}),
    "imports:rejects": Rule(EXPORTERS, ("GET",), {"pk": "import"}),
    "imports:columns": Rule(EXPORTERS, POST, {"pk": "import"}),
    "imports:apply": Rule(EXPORTERS, POST, {"pk": "import"}),
    "imports:undo": Rule(EXPORTERS, POST, {"pk": "import"}),
    "imports:discard": Rule(EXPORTERS, POST, {"pk": "import"}),
    "kpi:dashboard": Rule(RESULTS, query="office={office_code}", seen=EVERY_CLIENT),
    "kpi:rows": (
        Rule(RESULTS | SELLERS, query="manager={seller}", seen=RESULTS),
        Rule(RESULTS | SELLERS, query="office={office_code}", seen=EVERY_CLIENT | SELLERS),
        Rule(RESULTS | SELLERS, seen=EVERY_CLIENT, silent=True),
    ),
    "kpi:people": (
        Rule(RESULTS | SELLERS, query="what=active&manager={seller}", seen=RESULTS),
        Rule(RESULTS | SELLERS, query="what=active&office={office_code}", seen=EVERY_CLIENT | SELLERS),
        Rule(RESULTS | SELLERS, query="what=top_late", seen=EVERY_CLIENT, silent=True),
    ),
    "kpi:calls": (
        Rule(RESULTS | SELLERS, query="what=open&manager={seller}", seen=RESULTS),
        Rule(RESULTS | SELLERS, query="what=open&office={office_code}", seen=EVERY_CLIENT | SELLERS),
        Rule(RESULTS | SELLERS, query="what=open", seen=EVERY_CLIENT, silent=True),
    ),
    "kpi:my_month": Rule(SELLERS),
    "kpi:plans": Rule(EVERY_CLIENT, form=_cell, post_roles=PLANNERS),
    "kpi:plan_cell": Rule(PLANNERS, POST, form=_cell),
    "kpi:plan_copy": Rule(PLANNERS, POST, form=lambda t: {"manager": t["seller"], "percent": "5"}),
    "kpi:plan_undo": Rule(PLANNERS, POST, form=lambda t: {"changes": t["plan_change"]}),
    "playbook:index": Rule(ALL, query="q={secret}", seen=BOOK_DECIDERS, silent=True),
    "playbook:typology": Rule(ALL),
    "playbook:identify": Rule(ALL),
    "playbook:segment": Rule(ALL, kwargs={"code": "segment_code"}),
    "playbook:scripts": Rule(ALL),
    "playbook:objections": Rule(ALL),
    "playbook:regulation": Rule(ALL, kwargs={"code": "regulation_code"}),
    "playbook:compare": Rule(
        ALL, kwargs={"code": "regulation_code"}, query="to={version}", seen=BOOK_DECIDERS, silent=True
    ),
    # A version that is not approved yet is nobody's but the editors' and approvers'.
    "playbook:version": Rule(
        ALL, kwargs={"code": "regulation_code", "number": "version"}, seen=BOOK_DECIDERS
    ),
    "playbook:confirm": (
        Rule(ALL, POST, {"code": "regulation_code", "number": "version"}),
        Rule(NOBODY, POST, DRAFT),  # nobody confirms what is not approved
    ),
    "playbook:reviewed": Rule(frozenset({R.SALES_HEAD}), POST, {"code": "regulation_code"}),  # its owner
    "playbook:reading": Rule(RESULTS, query="office={office_code}", seen=EVERY_CLIENT),
    "playbook:people": Rule(ALL),
    "playbook:job": Rule(ALL, kwargs={"role": "role_code"}),
    "playbook:duty": Rule(ALL, POST, {"pk": "duty"}, seen=NOBODY),
    "playbook:training": Rule(ALL, GET),
    "playbook:training_matrix": Rule(
        TRAINERS | {R.BRANCH_HEAD}, GET, query="office={office_code}", seen=TRAINERS, silent=True
    ),
    "playbook:training_person": Rule(ALL, GET, {"pk": "person"}, seen=TRAINERS),
    "playbook:course": Rule(ALL, GET, {"code": "course_code"}),
    "playbook:quiz": Rule(ALL, GET, {"code": "regulation_code"}),
    "playbook:quiz_start": Rule(ALL, POST, {"code": "regulation_code"}),
    "playbook:attempt": Rule(ALL, GET, {"pk": "attempt_done"}, seen=TRAINERS),
    "playbook:attempt_keep": Rule(ALL, POST, {"pk": "attempt_open"}, seen=NOBODY),
    "playbook:attempt_finish": Rule(
        ALL, POST, {"pk": "attempt_open"}, form=lambda t: {"q0": "а"}, seen=NOBODY
    ),
    "playbook:assess": Rule(
        ASSESSORS, query="person={person}&regulation=1&script=1", seen=TRAINERS, silent=True
    ),
    "playbook:assessment": Rule(ALL, GET, {"pk": "assessment"}, seen=TRAINERS),
    "playbook:assessment_seen": Rule(ALL, POST, {"pk": "assessment"}, seen=NOBODY),
    "playbook:assessment_withdraw": Rule(ALL, POST, {"pk": "given_assessment"}, seen=NOBODY),
    "playbook:onboarding_start": Rule(
        ASSESSORS,
        query="person={person}",
        form=lambda t: {"person": t["person"], "mentor": t["helper"], "starts": t["due_on"]},
        seen=TRAINERS,
        silent=True,
    ),
    "playbook:onboarding": Rule(ALL, GET, {"pk": "onboarding"}, seen=TRAINERS),
    "playbook:onboarding_mark": Rule(  # only the newcomer and the mentor mark
        ALL, POST, {"pk": "onboarding", "step_pk": "step"}, form=lambda t: {"done": "1"}, seen=NOBODY
    ),
    "playbook:start": Rule(BOOK_EDITORS, POST, {"code": "regulation_code"}),
    "playbook:edit": Rule(BOOK_EDITORS, kwargs=DRAFT),
    "playbook:preview": Rule(BOOK_EDITORS, POST, DRAFT),
    "playbook:return": Rule(BOOK_DECIDERS, POST, DRAFT),
    "playbook:approve": Rule(frozenset({R.SALES_HEAD}), POST, DRAFT),  # this regulation names the sales head
    "playbook:discard": Rule(BOOK_EDITORS, POST, DRAFT),
    "playbook:restore": Rule(BOOK_EDITORS, POST, DRAFT),
    "playbook:pictures": Rule(BOOK_EDITORS, POST),
    "playbook:picture": Rule(ALL, GET, {"pk": "picture"}),
    "playbook:book_pdf": Rule(ALL, GET),
    "playbook:regulation_pdf": Rule(ALL, GET, {"code": "regulation_code"}),
    "playbook:version_pdf": Rule(
        ALL, GET, {"code": "regulation_code", "number": "version"}, seen=BOOK_DECIDERS
    ),
    "playbook:rehearsal": Rule(BOOK_DECIDERS, kwargs=DRAFT),
}
FOREIGN_WORDS = ("Заповедник", "mail@ZZ-777", "903 765-43-21", "9037654321", "Чужаяправка")
# Screens on which a number is opened, logged first; everywhere else it is masked for everybody (DOMAIN.md 7).
NUMBERS = ("812 111-22-33", "8121112233", "mail@AA-111", "903 765-43-21", "9037654321", "mail@ZZ-777")
OPENS_NUMBERS = ("deals:call", "deals:call_entry", "deals:client_call", "clients:contact_reveal")
REFUSED = (403, 404)
HTMX = {"HX-Request": "true"}


def rules() -> Iterator[tuple[str, Rule]]:
    """The rows of the table one by one."""
    for name, rows in TABLE.items():
        for rule in rows if isinstance(rows, tuple) else (rows,):
            yield name, rule


def expected(rule: Rule, role: str, method: str, place: str) -> str:
    """How the answer should be: wrong method, refused, hidden (as if not there) or done."""
    if method not in rule.methods:
        return "405"
    if role not in rule.may(method):
        return "refused"
    if place == "own" or rule.seen is None:
        return "done"
    if place == "mixed":
        return "refused"
    if role in rule.seen:
        return "done"
    return "hidden" if rule.silent else "refused"


def fits(status: int, expectation: str) -> bool:
    """Whether a status is what was expected. A form may find something missing: 422 is no refusal."""
    if expectation == "405":
        return status == 405
    if expectation == "refused":
        return status in REFUSED
    return status in (200, 204, 302, 422)


def places(rule: Rule) -> list[str]:
    """Whose objects an address can name: also one's own client with a thing of somebody else's."""
    if rule.seen is None:
        return ["own"]
    return ["own", "foreign", "mixed"] if len(rule.kwargs) > 1 and "pk" in rule.kwargs else ["own", "foreign"]


@pytest.fixture(autouse=True)
def _no_real_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salesdept.tasks.night.delay", lambda **_kwargs: None)


@pytest.fixture(autouse=True)
def _refusals_are_no_news(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "django.request")


def test_every_route_has_a_row() -> None:
    missing = sorted(set(our_routes()) - set(TABLE))
    gone = sorted(set(TABLE) - set(our_routes()))
    assert not missing, f"say who may open these: add a row to TABLE in tests/test_access.py: {missing}"
    assert not gone, f"these routes are no more: take their rows out of TABLE: {gone}"
    unknown = [route.pattern for route in strangers()]
    assert not unknown, (
        f"routes of a library nobody listed: see LIBRARY_PREFIXES in tests/routes.py: {unknown}"
    )


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_the_table_says_and_nothing_of_others(role: str) -> None:
    scene = scene_of(role)
    wrong = [
        complaint
        for name, rule in rules()
        for place in places(rule)
        for method in ("GET", "POST")
        for complaint in complaints(scene, name, rule, method, place)
    ]
    assert not wrong, "\n".join(wrong)


def complaints(scene: Scene, name: str, rule: Rule, method: str, place: str) -> Iterator[str]:
    """What is wrong with the answers to one request, as a page and (of others' objects) as a fragment."""
    of = getattr(scene, place)
    hope = expected(rule, scene.role, method, place)
    is_hidden = place != "own" and hope in ("refused", "hidden") and scene.role in rule.may(method)
    for headers in ({}, HTMX) if is_hidden else ({},):
        watch = method == "POST" and hope in ("refused", "hidden")
        status, body, untouched = ask(scene, name, rule, method, of, headers, watch)
        where = f"{method} {address(name, rule, of)} ({name}, {place}{', htmx' if headers else ''})"
        if not fits(status, hope):
            yield f"{where}: {status}, should be {hope}"
        if not untouched:
            yield f"{where}: changed somebody else's rows"
        yield from (f"{where}: says “{word}”" for word in leaks(body, name, hope, scene.role))


def leaks(body: str, name: str, hope: str, role: str) -> list[str]:
    """What an answer must not say: a stranger's client to whoever does not see it, a number nobody opened."""
    secret = () if name in OPENS_NUMBERS and hope == "done" else NUMBERS
    if hope != "done" or role not in EVERY_CLIENT:
        secret += FOREIGN_WORDS
    return sorted({word for word in secret if word in body})


@pytest.mark.parametrize("role", sorted(EVERY_CLIENT))
def test_the_words_looked_for_are_there_for_whoever_sees_the_client(role: str) -> None:
    scene = scene_of(role)
    for name in ("clients:card", "clients:list"):
        rule = next(rule for found, rule in rules() if found == name)
        assert FOREIGN_NAME in ask(scene, name, rule, "GET", scene.foreign, {})[1], name


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_stranger_is_led_to_the_login_page(headers: dict[str, str]) -> None:
    scene = scene_of(Role.SALES_HEAD)
    scene.browser = Browser()
    wrong = []
    for name, rule in rules():
        for method in ("GET", "POST"):
            status, body, untouched = ask(scene, name, rule, method, scene.foreign, headers, True)
            hope = 405 if method not in rule.methods else 401 if headers else 302
            if status != hope or body or not untouched:
                wrong.append(f"{method} {address(name, rule, scene.foreign)}: {status}, should be {hope}")
    assert not wrong, "\n".join(wrong)


# Pages of allauth before one has signed in; the rest of them is for people who have.
BEFORE_LOGIN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # says that it is closed
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


def test_account_pages_are_for_whoever_signed_in(client: Browser) -> None:
    found = [route for route in every_route() if route.pattern.startswith("accounts/")]
    assert {route.name for route in found} >= BEFORE_LOGIN
    for route in found:
        if route.name not in BEFORE_LOGIN:
            response = client.get(reverse(route.name))
            assert response.status_code == 302, route.name
            assert response["Location"].startswith("/accounts/login/"), route.name


def test_nobody_signs_up(client: Browser) -> None:
    data = {"email": "new@abc.example", "password1": "Long-enough-9", "password2": "Long-enough-9"}
    client.post(reverse("account_signup"), data)
    assert not User.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_the_admin_is_for_people_it_was_opened_to(client: Browser, role: str) -> None:
    client.force_login(UserFactory(role=role))
    names = [route.name for route in every_route() if route.pattern.startswith("admin/clients/client/")]
    assert "admin:clients_client_changelist" in names
    for url in (reverse("admin:index"), reverse("admin:clients_client_changelist")):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
