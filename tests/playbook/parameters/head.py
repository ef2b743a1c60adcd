"""What the heads see and the norms they keep: plans, meetings, load, reveals (DOMAIN.md 4.3, 4.5, 6, 7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from clients.models import Client, RevealAllowance, TopEvent
from clients.services import capacity, reveal
from kpi.models import PlanLine
from kpi.reports.dashboard import dashboard
from kpi.reports.period import period
from kpi.reports.scope import Scope
from kpi.services import plan
from playbook.models import Segment
from playbook.services import parameters
from salesdept.models import Office, User
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.parameters.scenario import FIRST, SECOND, Scenario, back, buyer, top


def _meeting(day: date) -> str:
    """What the dashboard of the day has to the meeting."""
    month = period()
    assert month is not None
    scope = Scope(UserFactory(role=Role.SALES_HEAD), None, list(Office.objects.all()))
    with translation.override("ru"):
        return "; ".join(item.text for item in dashboard(month, scope).items)


def _says(words: str) -> Any:
    return lambda world, day: words in _meeting(day)


def _reviewed_last_year() -> None:
    client = top(buyer(back(9), back(1)))
    TopEvent.objects.create(client=client, as_of=back(13), is_top=True, reason="review", cell="AX")


def _behind_for_two_months() -> None:
    segment = Segment.objects.order_by("pk")[0]
    manager = UserFactory()
    client = buyer(back(1), date(2026, 11, 10), manager=manager, segment=segment, direction="promo")
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        PlanLine.objects.create(
            month=month, manager=manager, direction="promo", sphere=segment.sphere, amount=500_000
        )
    assert client.segment == segment


def _two(is_top: bool) -> Any:
    """A manager with two clients, and one more in other hands."""

    def make() -> tuple[User, Client]:
        manager = UserFactory()
        clients = [buyer(back(9), back(1), manager=who) for who in (manager, manager, UserFactory())]
        for client in clients if is_top else []:
            top(client)
        return manager, clients[2]

    return make


def _norm(world: tuple[User, Client], day: date) -> tuple[bool, bool]:
    """Whether the dashboard names the load, and whether a hand-over of the third client does."""
    manager, other = world
    given = Client.objects.filter(pk=other.pk)
    warning = capacity.warning(manager, given, "work", parameters.in_force(day))
    return "при норме" in _meeting(day), bool(warning)


def _long_list() -> User:
    user = UserFactory()
    for day in (FIRST, SECOND):
        RevealAllowance.objects.create(user=user, day=day, call_list_size=30)
    return user


HEAD: dict[str, Scenario] = {
    "plan.horizon_months": Scenario(
        6,
        dict,
        lambda world, day: plan.last_month(day),
        date(2029, 11, 1),
        date(2027, 5, 1),
        night=False,
    ),
    "meeting.months_behind": Scenario(3, _behind_for_two_months, _says("подряд"), True, False),
    "top.review_months": Scenario(24, _reviewed_last_year, _says("пересмотр"), True, False),
    "portfolio.top_per_manager": Scenario(1, _two(is_top=True), _norm, (False, False), (True, True)),
    "portfolio.other_per_manager": Scenario(1, _two(is_top=False), _norm, (False, False), (True, True)),
    "contacts.daily_reveal_limit": Scenario(70, UserFactory, reveal.daily_limit, 60, 70, night=False),
    "contacts.reveal_call_list_factor": Scenario(5, _long_list, reveal.daily_limit, 90, 150, night=False),
}
