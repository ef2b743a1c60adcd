"""The admin: everything of the program opens for the deputy director and for nobody else; no way around a service."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import ForeignKey
from django.forms import BaseForm
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import ClientState, ContactReveal, ExportLog, LegalEntity, Move, StageEvent, TopEvent
from deals.models import ContactState
from kpi.models import ManagerFact, PlanChange, PlanLine, SalesFact
from playbook import models as book
from playbook.forms.lines import LinesField
from playbook.services import version as versions
from salesdept import schedule
from salesdept.dates import today
from salesdept.models import Absence, JobRun, JobStep, User
from salesdept.roles import Role
from tests import factories as f

pytestmark = pytest.mark.django_db
OURS = ("salesdept", "playbook", "clients", "deals", "kpi")
REGISTERED = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS),
    key=lambda one: one._meta.label,
)
IDS = [model._meta.label for model in REGISTERED]


@pytest.fixture
def deputy() -> User:
    return f.UserFactory(role=Role.DEPUTY_DIRECTOR, is_staff=True, last_name="Жукова")


@pytest.fixture
def browser(deputy: User) -> Browser:
    found = Browser(headers={"accept-language": "ru"}, raise_request_exception=True)
    found.force_login(deputy)
    return found


def small_base(user: User) -> None:
    """At least one row of everything that stands in the admin."""
    day, now = today(), timezone.now()
    client = f.ClientFactory(home_manager=user, in_work_with=user)
    contact = f.ContactFactory(client=client)
    line = f.LineFactory(shipment__client=client)
    line.product.category = apps.get_model("clients", "Category").objects.create(name="Футболки")
    line.product.save()
    ClientState.objects.create(client=client, stage="active")
    ContactState.objects.create(client=client, due_on=day)
    LegalEntity.objects.create(client=client, name="ООО", inn="7707083893")
    TopEvent.objects.create(client=client, as_of=day, is_top=True, reason="night", cell="AX")
    StageEvent.objects.create(client=client, as_of=day, on=day, after="active")
    Move.objects.create(client=client, on=day, field="work", to_user=user, reason="manual")
    ExportLog.objects.create(user=user, rows=1)
    ContactReveal.objects.create(user=user, contact=contact, place="card", day=day)
    for make in (f.TaskFactory, f.InvoiceFactory, f.LeadFactory):
        make(client=client)
    f.InteractionFactory(client=client, user=user)
    f.CallEntryFactory(client=client, manager=user)
    month = day.replace(day=1)
    PlanLine.objects.create(month=month, manager=user, direction="promo", amount=1000)
    PlanChange.objects.create(month=month, manager=user, before=0, after=1000, made_by=user)
    SalesFact.objects.create(month=month, direction="promo", amount=10, shipments=1)
    ManagerFact.objects.create(month=month, manager=user)
    JobStep.objects.create(
        run=JobRun.objects.create(as_of=day, started_at=now), name=schedule.COMPUTE[0], position=1
    )
    other = f.UserFactory()
    Absence.objects.create(user=user, substitute=other, starts=day, ends=day)
    _of_the_book(user, other)


def _of_the_book(user: User, other: User) -> None:
    day, now = today(), timezone.now()
    page = book.Regulation.objects.get(code="invoices")
    version = page.versions.get()
    versions.start_draft(page, user)
    book.Picture.objects.create(
        digest="d", name="Схема", width=1, height=1, content=b"\x89PNG\r\n\x1a\n", uploaded_by=user
    )
    book.Acknowledgement.objects.create(version=version, user=user, at=now)
    book.RegulationReview.objects.create(regulation=page, user=user, on=day)
    job, _made = book.Job.objects.get_or_create(
        role=Role.OPERATOR, defaults={"mission": "м", "description": "о", "profile": "п", "vacancy": "в"}
    )
    duty = book.Duty.objects.create(job=job, rhythm="daily", text="Разобрать почту", regulation=page)
    book.DutyDone.objects.create(duty=duty, user=user, day=day, at=now)
    book.QuizAttempt.objects.create(version=version, user=user, started_at=now)
    book.CoursePage.objects.create(
        course=book.Course.objects.create(code="c1", title="Курс"), regulation=page
    )
    step = book.OnboardingStep.objects.create(role=Role.OPERATOR, week=1, title="Познакомиться")
    onboarding = book.Onboarding.objects.create(user=other, mentor=user, starts=day)
    book.OnboardingDone.objects.create(onboarding=onboarding, step=step, by=user, at=now)
    book.Assessment.objects.create(user=other, assessor=user, regulation=page, on=day, score=Decimal("0.5"))
    sphere = book.Sphere.objects.order_by("pk")[0]
    book.KeyParameter.objects.get_or_create(
        code="k-test", defaults={"sphere": sphere, "name": "К", "kind": "text"}
    )
    question, _made = book.Question.objects.get_or_create(code="q-test", defaults={"text": "Кто вы?"})
    answer = book.Answer.objects.create(question=question, text="Мы")
    book.AnswerRule.objects.create(answer=answer, segment=book.Segment.objects.all()[0], weight=5)
    book.OldType.objects.get_or_create(name="Старый")
    book.QuizQuestion.objects.get_or_create(
        regulation=page, text="Сколько?", defaults={"kind": "single", "options": ["1", "2"], "right": [1]}
    )


def pages(model: Any) -> dict[str, str]:
    """Addresses of a model's pages in the admin."""
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    one = model._default_manager.first()
    assert one is not None, f"small_base() makes no {model._meta.label}"
    return {
        "changelist": reverse(f"{base}_changelist"),
        "add": reverse(f"{base}_add"),
        "change": reverse(f"{base}_change", args=[one.pk]),
    }


def test_every_page_opens_for_the_deputy_director(browser: Browser, deputy: User) -> None:
    small_base(deputy)
    request = _request(deputy)
    wrong = []
    for model in REGISTERED:
        model_admin = admin.site._registry[model]
        for name, url in pages(model).items():
            expected = 200 if name != "add" or model_admin.has_add_permission(request) else 403
            response = browser.get(url)
            if response.status_code != expected:
                wrong.append(f"{url}: {response.status_code}, should be {expected}")
            elif expected == 200 and name == "changelist" and browser.get(f"{url}?q=а").status_code != 200:
                wrong.append(f"{url}?q=: the search fails")
    assert wrong == []


@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_no_page_opens_for_anybody_else(deputy: User, role: str) -> None:
    small_base(deputy)
    browser = Browser()
    if role != "nobody":
        staff = role != Role.DEPUTY_DIRECTOR  # a staff mark without the role, the role without the mark
        browser.force_login(f.UserFactory(role=role, is_staff=staff))
    wrong = [
        f"{url}: {status}"
        for model in REGISTERED
        for url in pages(model).values()
        if (status := browser.get(url).status_code) not in (302, 403)
    ]
    assert wrong == []
    assert browser.post("/admin/salesdept/jobrun/run/").status_code in (302, 403)


def test_whoever_is_let_go_reaches_nothing(browser: Browser, deputy: User) -> None:
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    assert browser.get("/admin/").status_code == 302


def test_libraries_show_no_pages_of_theirs(browser: Browser) -> None:
    assert {model._meta.app_label for model in admin.site._registry} <= set(OURS)
    assert browser.get("/admin/").status_code == 200


def _request(user: User) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


@pytest.mark.parametrize("model", REGISTERED, ids=IDS)
def test_lists_name_what_they_join(model: Any) -> None:
    """A foreign key shown in a list is read with it: no query a row."""
    model_admin = admin.site._registry[model]
    keys = {field.name for field in model._meta.get_fields() if isinstance(field, ForeignKey)}
    joined = model_admin.list_select_related or ()
    assert {name for name in model_admin.list_display if name in keys} - {
        one.split("__")[0] for one in joined
    } == set()


@pytest.mark.parametrize(
    "make",
    [f.UserFactory, f.TaskFactory, f.InvoiceFactory, f.LeadFactory, f.InteractionFactory, f.CallEntryFactory],
)
def test_a_list_takes_as_many_queries_for_one_row_as_for_many(browser: Browser, make: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    meta = make._meta.model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    make()
    queries()
    few = queries()
    for _number in range(12):
        make()
    assert queries() == few


def test_lists_of_the_book_do_not_grow_with_their_rows(browser: Browser, deputy: User) -> None:
    """The book is full of rows already: each list takes no more than the few queries of its frame."""
    small_base(deputy)
    for model in REGISTERED:
        if model._meta.app_label == "playbook":
            with CaptureQueriesContext(connection) as captured:
                browser.get(pages(model)["changelist"])
            assert len(captured) <= 14, (model, len(captured))


# People


def test_a_person_is_made_and_can_log_in(browser: Browser) -> None:
    office = f.OfficeFactory()
    data = {
        "email": "New.Person@abc.example",
        "first_name": "Анна",
        "last_name": "Новая",
        "role": Role.OPERATOR,
    }
    data |= {"office": office.pk, "phone": "", "password1": "Dolgiy-parol-9", "password2": "Dolgiy-parol-9"}
    response = browser.post("/admin/salesdept/user/add/", data)
    assert response.status_code == 302, response.context["errors"]
    user = User.objects.get(email="new.person@abc.example")
    assert user.check_password("Dolgiy-parol-9")
    assert (user.role, user.is_staff, user.is_superuser) == (Role.OPERATOR, False, False)


def _form(browser: Browser, url: str) -> dict[str, Any]:
    """What the change page's own form would send untouched."""
    context = browser.get(url).context
    form: BaseForm = context["adminform"].form
    found = {name: form[name].value() for name in form.fields}
    for formset in context["inline_admin_formsets"]:
        found |= {
            f"{formset.formset.prefix}-{one}": formset.formset.management_form[one].value()
            for one in ("TOTAL_FORMS", "INITIAL_FORMS")
        }
        for row in formset.formset.forms:
            found |= {f"{row.prefix}-{name}": row[name].value() for name in row.fields}
    return {name: value for name, value in found.items() if value is not None and value is not False}


def test_letting_a_person_go_ends_every_session_and_moves_nothing(browser: Browser) -> None:
    manager = f.UserFactory(last_name="Уходящая", password="Dolgiy-parol-9")
    client = f.ClientFactory(home_manager=manager, in_work_with=manager)
    task = f.TaskFactory(client=client, assignee=manager)
    others = [Browser(), Browser()]
    for one in others:
        one.force_login(manager)
    assert others[0].get("/tasks/").status_code == 200
    url = f"/admin/salesdept/user/{manager.pk}/change/"
    data = _form(browser, url)
    data.pop("is_active")
    assert browser.post(url, data).status_code == 302
    manager.refresh_from_db()
    assert not manager.is_active
    for one in others:
        assert one.get("/tasks/").status_code == 302
        assert not Session.objects.filter(session_key=one.cookies["sessionid"].value).exists()
    client.refresh_from_db()
    task.refresh_from_db()
    assert (client.home_manager, client.in_work_with, task.assignee) == (manager, manager, manager)
    assert browser.get("/admin/").status_code == 200  # and nobody else is out


def test_a_password_is_set_for_a_person(browser: Browser) -> None:
    manager = f.UserFactory()
    url = f"/admin/salesdept/user/{manager.pk}/password/"
    assert browser.get(url).status_code == 200
    data = {"password1": "Drugoy-parol-77", "password2": "Drugoy-parol-77", "usable_password": "true"}
    assert browser.post(url, data).status_code == 302
    manager.refresh_from_db()
    assert manager.check_password("Drugoy-parol-77")


def test_nobody_raises_or_locks_themselves(browser: Browser, deputy: User) -> None:
    url = f"/admin/salesdept/user/{deputy.pk}/change/"
    data = _form(browser, url) | {"role": Role.DIRECTOR, "first_name": "Елена", "is_superuser": "on"}
    assert browser.post(url, data).status_code == 302
    deputy.refresh_from_db()
    assert (deputy.role, deputy.is_active, deputy.is_staff) == (Role.DEPUTY_DIRECTOR, True, True)
    assert (deputy.first_name, deputy.is_superuser) == ("Елена", False)


def test_whoever_has_every_right_is_out_of_reach(browser: Browser) -> None:
    owner = f.UserFactory(is_superuser=True, is_staff=True, role=Role.DEPUTY_DIRECTOR)
    assert (
        browser.post(f"/admin/salesdept/user/{owner.pk}/change/", {"email": "x@abc.example"}).status_code
        == 403
    )
    assert browser.post(f"/admin/salesdept/user/{owner.pk}/password/", {"password1": "x"}).status_code == 403


# The night


def test_the_night_is_started_by_a_button(
    browser: Browser, deputy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("salesdept.tasks.night.delay", lambda **options: asked.append(options))
    assert "Запустить ночной расчёт" in browser.get("/admin/salesdept/jobrun/").content.decode()
    assert browser.get("/admin/salesdept/jobrun/run/").status_code == 405
    assert browser.post("/admin/salesdept/jobrun/run/", {"full": "1"}).status_code == 302
    assert browser.post("/admin/salesdept/jobrun/run/").status_code == 302
    assert asked == [{"started_by": deputy.pk, "full": True}, {"started_by": deputy.pk, "full": False}]


# The book


READ_ONLY = [
    "playbook.RegulationVersion",
    "playbook.Picture",
    "playbook.Acknowledgement",
    "playbook.QuizAttempt",
]
READ_ONLY += ["playbook.Assessment", "playbook.Onboarding", "playbook.DutyDone", "playbook.RegulationReview"]
READ_ONLY += [
    "salesdept.JobRun",
    "deals.Lead",
    "deals.Invoice",
    "deals.Task",
    "deals.Interaction",
    "deals.CallEntry",
]
READ_ONLY += ["deals.ContactState", "kpi.PlanLine", "kpi.PlanChange", "kpi.SalesFact", "kpi.ManagerFact"]


@pytest.mark.parametrize("label", READ_ONLY)
def test_what_a_service_changes_is_only_read(browser: Browser, deputy: User, label: str) -> None:
    small_base(deputy)
    model = apps.get_model(label)
    url = pages(model)
    delete = url["change"].removesuffix("change/") + "delete/"
    before = list(model._default_manager.order_by("pk").values())
    assert browser.post(url["change"], {"state": "approved", "text": "Иначе"}).status_code == 403
    assert browser.post(url["add"], {"name": "x"}).status_code == 403
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    keys = [one["id"] if "id" in one else one["client_id"] for one in before]
    browser.post(url["changelist"], {"action": "delete_selected", "_selected_action": keys, "post": "yes"})
    assert list(model._default_manager.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "model", [book.Regulation, book.Sphere, book.Segment, book.KeyParameter, book.Job, User]
)
def test_what_others_stand_on_is_not_deleted(browser: Browser, deputy: User, model: Any) -> None:
    small_base(deputy)
    url = pages(model)["change"].removesuffix("change/") + "delete/"
    assert browser.post(url, {"post": "yes"}).status_code == 403


def test_who_approves_a_regulation_is_not_changed_there(browser: Browser) -> None:
    page = book.Regulation.objects.get(code="invoices")
    url = f"/admin/playbook/regulation/{page.pk}/change/"
    data = _form(browser, url) | {
        "approver_role": Role.DEPUTY_DIRECTOR,
        "code": "other",
        "title": "Счета клиентов",
    }
    assert browser.post(url, data).status_code == 302
    page.refresh_from_db()
    assert (page.approver_role, page.code, page.title) == (Role.SALES_HEAD, "invoices", "Счета клиентов")


def test_a_new_regulation_is_approved_by_who_may_approve(browser: Browser) -> None:
    data = {
        "code": "new-rule",
        "title": "Новое",
        "order": "90",
        "owner_role": Role.SALES_HEAD,
        "readers": [Role.OPERATOR],
    }
    data |= {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    url = "/admin/playbook/regulation/add/"
    assert browser.post(url, data | {"approver_role": Role.OPERATOR}).status_code == 200
    assert browser.post(url, data | {"approver_role": Role.DIRECTOR}).status_code == 302
    page = book.Regulation.objects.get(code="new-rule")
    assert (page.readers, page.versions.count()) == ([Role.OPERATOR], 0)


@pytest.mark.parametrize(
    "model",
    [
        book.Segment,
        book.Sphere,
        book.Script,
        book.Objection,
        book.KeyParameter,
        book.QuizQuestion,
        book.Job,
        book.Course,
    ],
)
def test_saving_untouched_changes_nothing(browser: Browser, deputy: User, model: Any) -> None:
    """Lists typed as lines come back exactly as they were stored, for every row of the book."""
    small_base(deputy)
    for one in model.objects.all()[:40]:
        before = _meaning(model, one.pk)
        url = reverse(f"admin:playbook_{model._meta.model_name}_change", args=[one.pk])
        response = browser.post(url, _form(browser, url))
        assert response.status_code == 302, (one, response.context["errors"])
        assert _meaning(model, one.pk) == before


def _meaning(model: Any, pk: int) -> dict[str, Any]:
    """A row as stored; a step that is only a text means the same with and without its braces."""
    row = model.objects.filter(pk=pk).values().get()
    if model is book.Script:
        row.pop("search_body")
        row["steps"] = [
            one["text"] if isinstance(one, dict) and set(one) == {"text"} else one for one in row["steps"]
        ]
    return dict(row)


STEPS = [
    "Спросить о планах",
    {"text": "Узнать", "say": "Кто печатает?", "asks": "print"},
    {"text": "Развести", "branches": [{"if": "сами", "then": "РПК"}, {"if": "отдают", "then": "агентство"}]},
    {"say": "Только слова"},
    {"text": "a | b", "say": "c"},
    {"text": "x", "other": 5},
]


def test_lines_are_lossless() -> None:
    field = LinesField(keys=("text", "say", "asks"), branches=True)
    shown = field.prepare_value(STEPS)
    assert field.clean(shown) == STEPS
    assert shown.splitlines()[:5] == [
        "Спросить о планах",
        "Узнать | Кто печатает? | print",
        "Развести",
        "? сами → РПК",
        "? отдают → агентство",
    ]


@pytest.mark.parametrize(
    "text",
    ["a | b | c | d", "? если → то", "шаг\n? без стрелки", '{"не json', "шаг\n? → то", "\n".join("x" * 301)],
)
def test_lines_that_mean_nothing_are_refused(text: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        LinesField(keys=("text", "say", "asks"), branches=True).clean(text)


@pytest.mark.parametrize(
    ("kind", "right", "stored"),
    [("single", "2", [1]), ("several", "1\n3", [0, 2]), ("order", "3\n1\n2", [2, 0, 1]), ("text", "Да\nага", ["Да", "ага"]),
     ("single", "4", None), ("single", "0", None), ("single", "1\n2", None), ("several", "1\n1", None),
     ("order", "1\n2", None), ("several", "да", None), ("single", "", None)],
)  # fmt: skip
def test_right_answers_are_numbers_from_one(browser: Browser, kind: str, right: str, stored: Any) -> None:
    page = book.Regulation.objects.get(code="invoices")
    data = {
        "regulation": page.pk,
        "kind": kind,
        "text": "Вопрос?",
        "options": "а\nб\nв",
        "right": right,
        "order": "1",
    }
    response = browser.post("/admin/playbook/quizquestion/add/", data)
    assert response.status_code == (302 if stored is not None else 200)
    found = book.QuizQuestion.objects.filter(text="Вопрос?").first()
    assert (found.right if found else None) == stored


def test_a_weight_out_of_bounds_is_said_in_words(browser: Browser, deputy: User) -> None:
    small_base(deputy)
    answer = book.AnswerRule.objects.all()[0].answer
    url = f"/admin/playbook/answer/{answer.pk}/change/"
    data = _form(browser, url)
    name = next(one for one in data if one.endswith("-weight"))
    assert browser.post(url, data | {name: "11"}).status_code == 200
    assert browser.post(url, data | {name: "-10"}).status_code == 302
