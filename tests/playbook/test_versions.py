"""The life of a version: draft → review → approved or returned, set aside, restored; who may, and what stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from playbook.models import ParameterValue, Regulation, RegulationVersion, VersionState
from playbook.services import parameters
from playbook.services import version as versions
from salesdept.dates import today
from salesdept.models import JobRun, JobState, User
from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CODE = "contact.top_months"  # of the regulation on the active base
EDITORS = {Role.SALES_HEAD, Role.DEPUTY_DIRECTOR}
SEERS = EDITORS | {Role.DIRECTOR}


@pytest.fixture
def page() -> Regulation:
    return Regulation.objects.get(code="active-base")


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD, first_name="Марк", last_name="Орлов")


@pytest.fixture
def deputy() -> User:
    return UserFactory(role=Role.DEPUTY_DIRECTOR, first_name="Елена", last_name="Жукова")


def signed_in(user: User) -> Browser:
    browser = Browser(headers={"accept-language": "ru"})
    browser.force_login(user)
    return browser


def save(draft: RegulationVersion, user: User, **more: Any) -> RegulationVersion:
    data = {"text": draft.text, "change_note": "Чаще", "values": {CODE: 2}} | more
    return versions.save_draft(draft.pk, user, seen=draft.revision, **data)


def in_review(page: Regulation, user: User, **more: Any) -> RegulationVersion:
    draft = save(versions.start_draft(page, user), user, **more)
    return versions.send_to_review(draft.pk, user, seen=draft.revision)


def approved(page: Regulation, user: User, day: date, **more: Any) -> RegulationVersion:
    sent = in_review(page, user, **more)
    return versions.approve(sent.pk, user, seen=sent.revision, day=day)


def night(as_of: date, state: str = JobState.DONE) -> None:
    JobRun.objects.create(as_of=as_of, state=state, started_at=timezone.now(), published_at=timezone.now())


# Services


def test_a_draft_begins_as_a_copy_of_what_is_approved(page: Regulation, head: User) -> None:
    first = page.versions.get()
    draft = versions.start_draft(page, head)
    assert (draft.number, draft.state, draft.text, draft.created_by) == (2, "draft", first.text, head)
    assert parameters.of_version(draft) == parameters.of_version(first)


def test_one_draft_is_open_at_a_time(page: Regulation, head: User, deputy: User) -> None:
    draft = versions.start_draft(page, head)
    assert versions.start_draft(page, deputy) == draft
    with pytest.raises(IntegrityError), transaction.atomic():
        RegulationVersion.objects.create(regulation=page, number=3, text="Второй черновик")
    sent = in_review(page, head)
    assert versions.start_draft(page, deputy) == sent


def test_approved_values_hold_from_their_day_and_not_before(page: Regulation, head: User) -> None:
    day = today() + timedelta(days=5)
    version = approved(page, head, day)
    assert (version.state, version.approved_by, version.in_force_from) == ("approved", head, day)
    assert version.approved_at is not None
    assert parameters.value(CODE, day - timedelta(days=1)) == 1
    assert parameters.value(CODE, day) == 2


def test_a_version_says_why_and_differs(page: Regulation, head: User) -> None:
    draft = save(versions.start_draft(page, head), head, change_note="  ")
    with pytest.raises(ValidationError):
        versions.send_to_review(draft.pk, head, seen=draft.revision)
    draft = save(draft, head, values={CODE: 1})
    with pytest.raises(ValidationError):
        versions.send_to_review(draft.pk, head, seen=draft.revision)
    draft = save(draft, head)
    assert versions.send_to_review(draft.pk, head, seen=draft.revision).state == VersionState.REVIEW


def test_a_version_in_review_is_not_edited(page: Regulation, head: User) -> None:
    sent = in_review(page, head)
    with pytest.raises(ValidationError):
        save(sent, head, text="Тихая правка")
    sent.refresh_from_db()
    assert "Тихая" not in sent.text


def test_a_returned_version_carries_the_remark(page: Regulation, head: User, deputy: User) -> None:
    sent = in_review(page, deputy)
    back = versions.return_to_draft(sent.pk, head, seen=sent.revision, remark="Слишком часто")
    assert (back.state, back.review_note) == ("draft", "Слишком часто")
    again = save(back, deputy)
    assert versions.send_to_review(again.pk, deputy, seen=again.revision).review_note == ""


def test_what_was_seen_must_be_what_is_approved(page: Regulation, head: User, deputy: User) -> None:
    """The author takes it back and changes it while the approver reads."""
    sent = in_review(page, deputy)
    back = versions.return_to_draft(sent.pk, deputy, seen=sent.revision, remark="Ещё правка")
    draft = save(back, deputy, text="Другой текст")
    versions.send_to_review(draft.pk, deputy, seen=draft.revision)
    with pytest.raises(versions.EditedByOtherError):
        versions.approve(sent.pk, head, seen=sent.revision, day=today() + timedelta(days=1))


@pytest.mark.parametrize("state", [JobState.DONE, JobState.RUNNING, JobState.FAILED])
def test_no_version_changes_a_night_that_was_begun(page: Regulation, head: User, state: str) -> None:
    night(today() + timedelta(days=2), state)
    sent = in_review(page, head)
    with pytest.raises(ValidationError):
        versions.approve(sent.pk, head, seen=sent.revision, day=today() + timedelta(days=2))
    versions.approve(sent.pk, head, seen=sent.revision, day=today() + timedelta(days=3))


@pytest.mark.parametrize(
    ("approver", "may"), [(Role.SALES_HEAD, {Role.SALES_HEAD}), (Role.DIRECTOR, {Role.DIRECTOR})]
)
def test_only_the_role_the_regulation_names_approves(
    page: Regulation, head: User, approver: str, may: set[str]
) -> None:
    Regulation.objects.filter(pk=page.pk).update(approver_role=approver)
    page.refresh_from_db()
    sent = in_review(page, head)
    for role in Role.values:
        user = UserFactory(role=role)
        if role not in may:
            with pytest.raises(PermissionDenied):
                versions.approve(sent.pk, user, seen=sent.revision, day=today() + timedelta(days=1))
    user = UserFactory(role=next(iter(may)))
    versions.approve(sent.pk, user, seen=sent.revision, day=today() + timedelta(days=1))


def test_pay_and_commercial_policy_are_the_directors_to_approve() -> None:
    for code in ("commercial-policy", "evaluation", "kpi"):
        assert Regulation.objects.get(code=code).approver_role in (Role.DIRECTOR, Role.SALES_HEAD)
    assert Regulation.objects.get(code="commercial-policy").approver_role == Role.DIRECTOR


def test_a_draft_is_set_aside_and_taken_up_again(page: Regulation, head: User) -> None:
    draft = versions.start_draft(page, head)
    gone = versions.discard(draft.pk, head, seen=draft.revision)
    assert gone.state == VersionState.DISCARDED
    other = versions.start_draft(page, head)
    assert other.number == 3
    with pytest.raises(ValidationError):
        versions.restore(draft.pk, head)
    versions.discard(other.pk, head, seen=other.revision)
    assert versions.restore(draft.pk, head).state == VersionState.DRAFT
    with pytest.raises(ValidationError):
        versions.restore(draft.pk, head)


# What is approved stands, whoever writes


def _writes(version: RegulationVersion) -> dict[str, Any]:
    value = version.values.order_by("pk")[0]
    other = versions.start_draft(Regulation.objects.get(code="invoices"), UserFactory(role=Role.SALES_HEAD))
    theirs = other.values.order_by("pk")[0]
    rows = RegulationVersion.objects.filter(pk=version.pk)
    return {
        "text": lambda: rows.update(text="Иначе"),
        "state": lambda: rows.update(state="draft"),
        "date": lambda: rows.update(in_force_from=today()),
        "delete": rows.delete,
        "save": lambda: RegulationVersion(**rows.values().get() | {"text": "x"}).save(force_update=True),
        "value": lambda: ParameterValue.objects.filter(pk=value.pk).update(value=9),
        "value deleted": lambda: ParameterValue.objects.filter(pk=value.pk).delete(),
        "value added": lambda: ParameterValue.objects.create(version=version, code="new.code", value=1),
        "value moved in": lambda: ParameterValue.objects.filter(pk=theirs.pk).update(version=version),
        "value moved out": lambda: ParameterValue.objects.filter(pk=value.pk).update(version=other),
        "sql": lambda: connection.cursor().execute(
            "UPDATE playbook_regulationversion SET text = 'x' WHERE id = %s", [version.pk]
        ),
    }


NAMES = ["text", "state", "date", "delete", "save", "value", "value deleted", "value added", "value moved in",
         "value moved out", "sql"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_approved_version_stands_in_the_base_itself(page: Regulation, name: str) -> None:
    version = page.versions.get()
    write = _writes(version)[name]
    before = RegulationVersion.objects.filter(pk=version.pk).values().get()
    values = list(version.values.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        write()
    assert RegulationVersion.objects.filter(pk=version.pk).values().get() == before
    assert list(version.values.values()) == values


# Screens


def _fields(page: Regulation, **more: Any) -> dict[str, Any]:
    """What the editor's form sends: the values of the version in force, and what is changed."""
    version = page.versions.approved().get()
    shown = {
        f"value-{one.code}": one.shown(parameters.of_version(version)[one.code])
        for one in parameters.of_regulation(page.code)
    }
    for one in parameters.of_regulation(page.code):
        if one.kind in ("choice", "cells"):
            shown[f"value-{one.code}"] = parameters.of_version(version)[one.code]
    return shown | {"text": version.text, "change_note": "Чаще", "revision": 1, f"value-{CODE}": "2"} | more


def test_from_draft_to_approval_on_screen(page: Regulation, head: User, deputy: User) -> None:
    author, approver = signed_in(deputy), signed_in(head)
    assert author.post("/book/active-base/draft/")["Location"] == "/book/active-base/2/edit/"
    data = _fields(page, text="## Ритм\n\nTOP — раз в {{ contact.top_months }} мес.", then="review")
    assert author.post("/book/active-base/2/edit/", data).status_code == 302
    text = approver.get("/book/active-base/2/?tab=changes").content.decode()
    assert "Ритм" in text
    day = today() + timedelta(days=1)
    revision = RegulationVersion.objects.get(regulation=page, number=2).revision
    decision = {"revision": revision, "day": day.isoformat()}
    assert author.post("/book/active-base/2/approve/", decision).status_code == 403
    assert approver.post("/book/active-base/2/approve/", decision).status_code == 302
    assert parameters.value(CODE, day) == 2
    text = signed_in(UserFactory()).get("/book/active-base/2/").content.decode()
    assert "раз в " in text
    assert 'class="param"' in text


def test_the_approval_names_the_earliest_day(page: Regulation, head: User) -> None:
    night(today() + timedelta(days=1))
    sent = in_review(page, head)
    response = signed_in(head).post(
        "/book/active-base/2/approve/", {"revision": sent.revision, "day": today().isoformat()}
    )
    assert response.status_code == 422
    assert f"{today() + timedelta(days=2):%d.%m.%Y}" in response.content.decode()
    sent.refresh_from_db()
    assert sent.state == VersionState.REVIEW


def test_return_discard_and_restore_on_screen(page: Regulation, head: User) -> None:
    browser = signed_in(head)
    sent = in_review(page, head)
    data = {"revision": sent.revision, "remark": "Обоснуйте числом"}
    assert (
        browser.post("/book/active-base/2/return/", {"revision": sent.revision, "remark": ""}).status_code
        == 422
    )
    assert browser.post("/book/active-base/2/return/", data).status_code == 302
    assert "Обоснуйте числом" in browser.get("/book/active-base/2/").content.decode()
    sent.refresh_from_db()
    browser.post("/book/active-base/2/discard/", {"revision": sent.revision})
    sent.refresh_from_db()
    assert sent.state == VersionState.DISCARDED
    assert browser.post("/book/active-base/2/restore/").status_code == 302
    sent.refresh_from_db()
    assert sent.state == VersionState.DRAFT


@pytest.mark.parametrize("role", Role.values)
def test_drafts_are_invisible_without_the_right(page: Regulation, head: User, role: str) -> None:
    save(
        versions.start_draft(page, head),
        head,
        text="Тайныйщегол в черновике",
        change_note="Секретная заметка",
    )
    browser = signed_in(UserFactory(role=role))
    sees = role in SEERS
    assert browser.get("/book/active-base/2/").status_code == (200 if sees else 404)
    for url in (
        "/book/active-base/",
        "/book/",
        "/book/active-base/compare/?from=1&to=2",
        "/book/?q=тайныйщегол",
    ):
        text = browser.get(url).content.decode()
        if not sees:
            assert "в черновике" not in text, url
            assert "Секретная" not in text, url
            assert "/active-base/2/" not in text, url
    assert ("/active-base/2/" in browser.get("/book/").content.decode()) is sees
    edits = browser.get("/book/active-base/2/edit/").status_code
    assert edits == (200 if role in EDITORS else 403)


def test_history_and_comparison_are_readable(page: Regulation, head: User) -> None:
    before = page.versions.get().text
    approved(
        page,
        head,
        today() + timedelta(days=1),
        text=before + "\nДобавленный абзац о звонках.\n",
        change_note="Звонить чаще: падает удержание",
    )
    browser = signed_in(UserFactory())
    history = browser.get("/book/active-base/").content.decode()
    for words in ("Звонить чаще: падает удержание", "Марк Орлов", "Версия 1", "Версия 2"):
        assert words in history
    comparison = browser.get("/book/active-base/compare/?from=1&to=2").content.decode()
    assert "Добавленный абзац о звонках." in comparison
    assert "Звонить чаще" in comparison
    from playbook.parameters import BY_CODE

    assert str(BY_CODE[CODE].name) in comparison


def test_queries_of_the_pages_do_not_grow_with_history(page: Regulation, head: User) -> None:
    browser = signed_in(head)

    def queries(url: str) -> int:
        browser.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    approved(page, head, today() + timedelta(days=1))
    urls = ("/book/active-base/", "/book/active-base/compare/", "/book/")
    few = [queries(url) for url in urls]
    for months in range(3, 9):
        approved(page, head, today() + timedelta(days=months), values={CODE: months % 4 + 1})
    assert [queries(url) for url in urls] == few


# Two people edit one draft


def test_two_editors_lose_no_text(page: Regulation, head: User, deputy: User) -> None:
    first, second = signed_in(head), signed_in(deputy)
    first.post("/book/active-base/draft/")
    url = "/book/active-base/2/edit/"
    revision = first.get(url).context["form"].initial["revision"]
    assert second.get(url).context["form"].initial["revision"] == revision
    mine = _fields(page, revision=revision, text="Текст Марка: звонить утром.")
    theirs = _fields(page, revision=revision, text="Текст Елены: звонить вечером.") | {f"value-{CODE}": "3"}
    assert first.post(url, mine).status_code == 302
    response = second.post(url, theirs)
    assert response.status_code == 422
    text = response.content.decode()
    assert "Марк Орлов" in text
    assert "Текст Елены: звонить вечером." in text  # what was typed stands in the form
    assert "Марка" in text  # what is stored stands beside it
    assert "утром" in text
    stored = RegulationVersion.objects.get(regulation=page, number=2)
    assert stored.text == "Текст Марка: звонить утром.\n"
    assert parameters.of_version(stored)[CODE] == 2
    # The person decides: saves over it, knowingly, from the very page of the conflict.
    again = theirs | {"revision": response.context["form"].data["revision"]}
    assert second.post(url, again).status_code == 302
    stored = RegulationVersion.objects.get(pk=stored.pk)
    assert (stored.text, stored.changed_by) == ("Текст Елены: звонить вечером.\n", deputy)
    assert parameters.of_version(stored)[CODE] == 3
    # And the first one, still on the old page, is told in turn.
    assert first.post(url, mine).status_code == 422


def test_a_draft_that_went_to_review_meanwhile_keeps_what_was_typed(
    page: Regulation, head: User, deputy: User
) -> None:
    draft = save(versions.start_draft(page, head), head)
    second = signed_in(deputy)
    versions.send_to_review(draft.pk, head, seen=draft.revision)
    response = second.post(
        "/book/active-base/2/edit/", _fields(page, revision=draft.revision, text="Мой труд")
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert "Мой труд" in text
    assert "кто-то успел раньше" in text
    assert RegulationVersion.objects.get(pk=draft.pk).text == draft.text
