"""Enquiries of people who do not buy yet, and of those who have begun to (DOMAIN.md 5.5)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kpi.bench.generate import copy
from kpi.demo.clients import Owned
from kpi.demo.names import person, titled
from kpi.demo.work import at
from salesdept.models import User
from salesdept.roles import Role
from salesdept.sql import execute

_REQUESTS = (
    "Футболки с логотипом, 300 штук к выставке", "Прайс на толстовки и поло", "Сумки холщовые под печать",
    "Спецодежда для бригады, 40 комплектов", "Полотенца для гостиницы", "Бейсболки с вышивкой",
)  # fmt: skip


@dataclass
class Leads:
    """Enquiries: untouched, in work, won by clients who began to buy, closed with a reason."""

    staff: dict[str, list[User]]
    clients: list[Owned]
    names: list[str]
    until: date
    rnd: random.Random

    def load(self) -> None:
        """Write the leads and their potential clients."""
        first = len(self.clients) + 1
        rows = list(self._rows(first))
        potential = [row for row in rows if row["is_potential"]]
        copy(
            "clients_client",
            "id, code, name, name_key, direction, office_id, in_work_with_id, city, time_zone, source, potential,"
            " discount, note, created_at, search_text",
            (
                (row["client"], f"L{row['client']}", row["name"], "", "unidentified", row["person"].office_id,
                 row["person"].pk, "", "Europe/Moscow", "сайт", "", 0, "", row["came"], "")
                for row in potential
            ),
        )  # fmt: skip
        copy(
            "clients_contact",
            "client_id, name, position, decision_role, is_main, phone, phone_extension, email, messenger,"
            " mailing_consent, number_is_wrong",
            (
                (row["client"], person(self.rnd), "", "other", True, f"+7921{row['client']:07}", "",
                 f"zapros{row['client']}@mail.example", "", True, False)
                for row in potential
            ),
        )  # fmt: skip
        execute(f"SELECT setval(pg_get_serial_sequence('clients_client', 'id'), {first + len(potential)})")
        copy(
            "deals_lead",
            "client_id, channel, request, assignee_id, state, created_at, first_contact_at, closed_at, close_reason",
            (
                (row["client"], row["channel"], self.rnd.choice(_REQUESTS), row["person"].pk, row["state"], row["came"],
                 row["touched"], row["closed"], row["reason"])
                for row in rows
            ),
        )  # fmt: skip

    def _rows(self, first: int) -> Iterable[dict[str, Any]]:
        people = [*self.staff[Role.LEAD_MANAGER], *self.staff[Role.SERVICE_MANAGER]]
        fresh = [one for one in self.clients if one.buyer.halves == "001" and one.home]
        fresh.sort(key=lambda one: one.buyer.days[0], reverse=True)
        for number in range(64):
            state = "new" if number < 14 else "working" if number < 40 else "closed" if number < 52 else "won"
            hours = self.rnd.randint(3, 30) if state == "new" else self.rnd.randint(30, 900)
            came = at(self.until, 17) - timedelta(hours=hours)
            won = fresh[number - 52] if state == "won" else None
            if won is not None:
                came = at(won.buyer.days[0] - timedelta(days=6), 12)
            touched = None if state == "new" else came + timedelta(hours=self.rnd.uniform(0.3, 5))
            closed = came + timedelta(days=5) if state in ("won", "closed") else None
            yield {
                "is_potential": won is None,
                "client": first + number if won is None else won.id,
                "name": titled(self.names.pop(), "", self.rnd),
                "person": people[number % len(people)],
                "channel": self.rnd.choice(("site", "email", "phone", "messenger", "exhibition", "referral")),
                "state": state,
                "came": came,
                "touched": touched,
                "closed": closed,
                "reason": "Нужна одна штука: розница" if state == "closed" else "",
            }
