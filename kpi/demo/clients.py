"""Clients of the demonstration: who owns them, what they are called, whom to ask for."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kpi.bench.generate import copy
from kpi.demo.buyers import Buyer
from kpi.demo.names import POSITIONS, companies, inn, person, titled
from playbook.models import Segment
from salesdept.models import User
from salesdept.roles import Role
from salesdept.sql import execute

MOSCOW = ZoneInfo("Europe/Moscow")
INTERNET = "trade-internet"  # its home is the senior manager (DOMAIN.md 4.5)
_SENIOR_TOP, _SENIOR_OTHERS, _SENIOR_SILENT = 7, 12, 20
_OF_OPERATOR = 36
# How often a segment is met; the internet shops are the senior manager's.
_SEGMENTS = {
    "ad-agency": 24, "rpk": 22, "workwear-maker": 4, "workwear-wholesale": 4, "workwear-retail": 4, "trade-wholesale": 7,
    "trade-retail": 6, "trade-chain": 1, "trade-other": 3, "souvenirs-prints": 7, "event-agency": 5, "consumer": 4,
    "corporate-customer": 6, "horeca": 3,
}  # fmt: skip
_HOME_SEGMENTS = {"trade-retail": 5, "horeca": 4, "trade-wholesale": 2, "consumer": 1}
_CITIES = {
    "spb": ("Санкт-Петербург",) * 7
    + ("Великий Новгород", "Псков", "Петрозаводск", "Мурманск", "Калининград"),
    "msk": ("Москва",) * 7 + ("Тверь", "Тула", "Калуга", "Владимир", "Рязань"),
    "": ("",),
}
_ZONES = {"Калининград": "Europe/Kaliningrad"}
_SOURCES = ("сайт", "звонок", "рекомендация", "выставка", "поиск", "")
_CLIENTS = (
    "id, code, name, name_key, direction, office_id, segment_id, home_manager_id, in_work_with_id, city, time_zone,"
    " source, potential, discount, note, created_at, search_text"
)
_CONTACTS = (
    "id, client_id, name, position, decision_role, is_main, phone, phone_extension, email, messenger, mailing_consent,"
    " confirmed_on, number_is_wrong"
)


@dataclass
class Owned:
    """A client with its number and its people (keys of users and offices)."""

    id: int
    buyer: Buyer
    home: int | None
    work: int | None
    office: int | None
    segment: int | None
    name: str
    main_contact: int = 0


class Clients:
    """Gives buyers to managers and writes the clients, their legal entities and contacts."""

    def __init__(self, staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
        self.staff, self.until, self.rnd = staff, until, rnd
        self.codes = dict(Segment.objects.values_list("pk", "code"))
        self.segments = {code: pk for pk, code in self.codes.items()}
        self.offices = {
            one.office.code: one.office.pk
            for people in staff.values()
            for one in people
            if one.office is not None
        }
        self.names = companies(rnd)
        self.contacts: list[tuple[Any, ...]] = []

    def load(self, buyers: list[Buyer]) -> list[Owned]:
        """Write them all; potential clients come with the leads."""
        owners = self._owners(buyers)
        clients = [
            self._owned(number, *pair) for number, pair in enumerate(zip(buyers, owners, strict=True), 1)
        ]
        self._without_attention(clients)
        copy("clients_client", _CLIENTS, (self._row(one) for one in clients))
        copy("clients_legalentity", "client_id, name, inn, kpp, ogrn, external_id", self._entities(clients))
        for one in clients:
            self._people(one)
        copy("clients_contact", _CONTACTS, self.contacts)
        for table, last in (("client", len(clients)), ("contact", len(self.contacts))):
            execute(f"SELECT setval(pg_get_serial_sequence('clients_{table}', 'id'), {last + 1})")
        return clients

    def _without_attention(self, clients: list[Owned]) -> None:
        """Small clients who order by themselves: an operator takes the orders, the home manager calls."""
        operator = self.staff[Role.OPERATOR][0]
        small = [
            one
            for one in clients
            if one.buyer.kind == "rest" and one.buyer.bought(2) and one.buyer.office == "spb" and one.home
        ]
        for one in sorted(small, key=lambda one: sum(one.buyer.sums))[:_OF_OPERATOR]:
            one.work = operator.pk

    def _owners(self, buyers: list[Buyer]) -> list[int | None]:
        """Everyone gets an equal share of TOP, of other buying and of silent clients of the own office."""
        senior = self.staff[Role.SENIOR_MANAGER][0]
        of_office: dict[str, list[int]] = {"spb": [], "msk": []}
        for user in self.staff[Role.SERVICE_MANAGER]:
            assert user.office is not None
            of_office[user.office.code].append(user.pk)
        senior_left = {"top": _SENIOR_TOP, "other": _SENIOR_OTHERS, "silent": _SENIOR_SILENT}
        turns: dict[tuple[str, str], int] = {}
        owners: list[int | None] = []
        for buyer in buyers:
            group = "top" if buyer.is_top else "other" if buyer.bought(2) else "silent"
            if not buyer.office:
                owners.append(None)  # waits in the queue of clients without an owner
            elif buyer.office == "spb" and buyer.direction == "promo" and senior_left[group]:
                senior_left[group] -= 1
                owners.append(senior.pk)
            else:
                people = of_office[buyer.office]
                turn = turns[buyer.office, group] = turns.get((buyer.office, group), -1) + 1
                owners.append(people[turn % len(people)])
        return owners

    def _owned(self, number: int, buyer: Buyer, home: int | None) -> Owned:
        segment = self._segment(buyer, home)
        name = titled(self.names.pop(), self.codes.get(segment or 0, ""), self.rnd)
        return Owned(number, buyer, home, home, self.offices.get(buyer.office), segment, name)

    def _segment(self, buyer: Buyer, home: int | None) -> int | None:
        """Internet shops are the senior manager's; small clients often were never asked who they are."""
        if home == self.staff[Role.SENIOR_MANAGER][0].pk:
            return self.segments[INTERNET]
        unknown = {"once": 0.35, "rest": 0.12}.get(buyer.kind, 0.0)
        if buyer.direction == "unidentified" or self.rnd.random() < unknown:
            return None
        weights = _HOME_SEGMENTS if buyer.direction == "home" else _SEGMENTS
        return self.segments[self.rnd.choices(list(weights), list(weights.values()))[0]]

    def _row(self, one: Owned) -> tuple[Any, ...]:
        buyer = one.buyer
        city = self.rnd.choice(_CITIES[buyer.office])
        potential = self.rnd.choice("AB") if buyer.is_key else self.rnd.choice("BCDE") if buyer.is_top else ""
        discount = self.rnd.choice((7, 10, 12, 15)) if buyer.is_top else self.rnd.choice((0, 0, 0, 3, 5))
        note = "Отгрузка только по предоплате" if self.rnd.random() < 0.02 else ""
        created = datetime.combine(buyer.days[0] - timedelta(days=self.rnd.randint(0, 6)), time(12), MOSCOW)
        return (
            one.id, f"{one.id:05}", one.name, "", buyer.direction, one.office, one.segment, one.home, one.work, city,
            _ZONES.get(city, "Europe/Moscow"), self.rnd.choice(_SOURCES), potential, discount, note, created, "",
        )  # fmt: skip

    def _entities(self, clients: Iterable[Owned]) -> Iterable[tuple[Any, ...]]:
        """One legal entity for most clients, two for some large ones."""
        seen: set[str] = set()
        for one in clients:
            count = (
                2
                if one.buyer.is_key and self.rnd.random() < 0.3
                else 0
                if one.buyer.kind == "once" and self.rnd.random() < 0.2
                else 1
            )
            for number in range(count):
                region = "77" if one.buyer.office == "msk" else "78"
                while (code := inn(self.rnd, region)) in seen:
                    continue
                seen.add(code)
                name = one.name if number == 0 else one.name.replace("»", " СПб»")
                yield one.id, name, code, f"{code[:4]}01001", "", ""

    def _people(self, one: Owned) -> None:
        """The person to ask for, and more at large clients; some numbers and consents are missing, as in life."""
        count = self.rnd.choice((2, 2, 3)) if one.buyer.is_top else 1 + (self.rnd.random() < 0.15)
        for number in range(count):
            pk = len(self.contacts) + 1
            if number == 0:
                one.main_contact = pk
            role = "decides" if number == 1 else self.rnd.choice(("buys", "buys", "influences", "decides"))
            area = "812" if one.buyer.office != "msk" else "495"
            confirmed = (
                self.until - timedelta(days=self.rnd.randint(5, 300)) if self.rnd.random() < 0.5 else None
            )
            email = (
                f"{('zakaz', 'info', 'office')[number]}@client{one.id:05}.example"
                if self.rnd.random() < 0.85
                else ""
            )
            self.contacts.append(
                (pk, one.id, person(self.rnd), self.rnd.choice(POSITIONS), role, number == 0, f"+7{area}{pk:07}",
                 str(self.rnd.randint(100, 399)) if self.rnd.random() < 0.2 else "", email, "",
                 self.rnd.random() < 0.55, confirmed, self.rnd.random() < 0.01)
            )  # fmt: skip
