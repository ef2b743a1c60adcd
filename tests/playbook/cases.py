"""A small book for tests: a regulation with versions in force, coming and past, and who reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from playbook.models import Acknowledgement, Duty, Job, Regulation, RegulationVersion
from salesdept.models import User
from salesdept.roles import Role

MOSCOW = timezone(timedelta(hours=3))
WEDNESDAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 12, tzinfo=MOSCOW)


def only_book() -> None:
    """Take the shipped readers away: a test's own regulation is the only one that anybody reads."""
    Regulation.objects.update(readers=[], owner_role=Role.DIRECTOR)


def regulation(
    code: str = "own",
    *,
    readers: tuple[str, ...] = (Role.SERVICE_MANAGER,),
    owner: str = Role.SALES_HEAD,
    title: str = "Свой регламент",
) -> Regulation:
    """A regulation without versions."""
    return Regulation.objects.create(code=code, title=title, readers=list(readers), owner_role=owner)


def approved(
    page: Regulation,
    *,
    number: int = 1,
    day: date = date(2026, 11, 2),
    at: date | None = date(2026, 11, 2),
    read_by: date | None = None,
    text: str = "## Как\n\nЗвоним раз в месяц.\n",
    note: str = "",
) -> RegulationVersion:
    """A version in force from `day`, approved on `at` (None: it came with the program)."""
    return RegulationVersion.objects.create(
        regulation=page,
        number=number,
        state="approved",
        text=text,
        change_note=note,
        in_force_from=day,
        read_by=read_by,
        approved_at=datetime(at.year, at.month, at.day, 10, tzinfo=MOSCOW) if at else None,
    )


def confirmed(user: User, version: RegulationVersion, day: date = date(2026, 11, 3)) -> Acknowledgement:
    """A confirmation of a day."""
    at = datetime(day.year, day.month, day.day, 11, tzinfo=MOSCOW)
    return Acknowledgement.objects.create(user=user, version=version, at=at)


def job(role: str, reports_to: str = "", **fields: str) -> Job:
    """The job description of a role, in place of the shipped one."""
    Job.objects.filter(role=role).delete()
    texts = {
        "mission": "Зачем",
        "description": "Что делает",
        "profile": "Кто подходит",
        "vacancy": "Кого ищем",
    }
    return Job.objects.create(role=role, reports_to=reports_to, **(texts | fields))


def duty(role: str, rhythm: str = "daily", place: int = 1, text: str = "Обзвонить список") -> Duty:
    """A duty of the role; its job is made when there is none of the test's own."""
    own = Job.objects.filter(role=role, mission="Зачем").first() or job(role)
    return Duty.objects.create(job=own, rhythm=rhythm, place=place, text=text)
