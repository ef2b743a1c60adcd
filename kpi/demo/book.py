"""The sales book as the demonstration's people live with it: everything in force is read and confirmed, a new version
of the work with zero clients waits for its day and is half read, two drafts are being written, duties are checked off.

Nothing here touches the values in force on the demonstration's date or the days before it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kpi.demo.work import at
from playbook import rhythm
from playbook.models import (
    Acknowledgement,
    Duty,
    DutyDone,
    Regulation,
    RegulationVersion,
    VersionState,
)
from playbook.services import acknowledgement
from playbook.services.version import save_draft, send_to_review, start_draft
from salesdept.dates import roll_to_working_day, working_days
from salesdept.models import User
from salesdept.roles import Role

COMING = "zero-clients"
_VALUES = {"contact.development_days": 10, "development.task_days": 3}
_OLD = "- Причина отказа «другое» без слов."
_NEW = "- Причина отказа «другое» без слов. Если не подходит ни одна из списка, напишите, что сказал клиент."
_NOTE = (
    "Разговоры с клиентами в развитии — раз в 10 дней вместо 14, первый разговор после передачи — за 3 рабочих дня:"
    " за осень половина нулевых замолкала между звонками."
)
_DRAFTS: tuple[tuple[str, str, dict[str, int], bool], ...] = (
    ("leads", "Черновик: уточняем, кто отвечает на заявку в выходной.", {}, False),
    (
        "invoices",
        "Счёт действует 7 дней вместо 5: бухгалтерии крупных клиентов не успевают оплатить, когда внутри срока выходные.",
        {"invoice.valid_days": 7},
        True,
    ),
)
_ADDED = {
    "leads": "\n## Выходные\n\nЗаявка, пришедшая в выходной, ждёт первого разговора с начала следующего рабочего дня.\n",
    "invoices": "\nО сроке счёта скажите клиенту в том же разговоре, в котором обещаете счёт.\n",
}
_DUTY_DAYS = 10
_FRESH_DAYS = 4  # the coming version was approved so many working days before the demonstration's date


@dataclass
class Book:
    """Confirmations, versions under way and duties done; dice of its own, so that the company stays as it is."""

    staff: dict[str, list[User]]
    until: date

    def load(self) -> None:
        """Write everything."""
        self.rnd = random.Random(self.until.toordinal() * 31 + 7)
        self.people = [person for people in self.staff.values() for person in people]
        self._joined()
        self._read()
        self._coming()
        for code, note, values, is_sent in _DRAFTS:
            self._draft(code, note, values, is_sent=is_sent)
        self._duties()

    def _joined(self) -> None:
        """They have worked here for some years: terms of reading are the usual ones, not a newcomer's."""
        for person in self.people:
            person.date_joined = at(self.until - timedelta(days=self.rnd.randint(400, 2500)), 9)
        User.objects.bulk_update(self.people, ["date_joined"])

    def _read(self) -> None:
        """Every version in force, confirmed by each of its readers on some working day of the last months."""
        days = list(working_days(self.until - timedelta(days=150), self.until - timedelta(days=20)))
        versions = RegulationVersion.objects.in_force(self.until).select_related("regulation")
        Acknowledgement.objects.bulk_create(
            Acknowledgement(version=version, user=person, at=self._moment(self.rnd.choice(days)))
            for version in versions.defer("text", "search")
            for person in self.people
            if acknowledgement.must_read(person, version)
        )

    def _coming(self) -> None:
        """Version 2 of the work with zero clients: approved, in force in a few days, half of the readers are through."""
        last_days = list(working_days(self.until - timedelta(days=30), self.until))
        approved = last_days[-1 - _FRESH_DAYS]
        author, head = self.staff[Role.DEPUTY_DIRECTOR][0], self.staff[Role.SALES_HEAD][0]
        page = Regulation.objects.get(code=COMING)
        draft = start_draft(page, author)
        text = draft.text.replace(_OLD, _NEW)
        save_draft(draft.pk, author, seen=1, text=text, change_note=_NOTE, values=_VALUES)
        starts = roll_to_working_day(self.until + timedelta(days=6))
        RegulationVersion.objects.filter(pk=draft.pk).update(
            state=VersionState.APPROVED,
            in_force_from=starts,
            read_by=starts,
            created_at=at(approved - timedelta(days=6), 16),
            changed_at=at(approved - timedelta(days=1), 17.5),
            approved_at=at(approved, 10.2),
            approved_by=head,
        )
        self._half_read(RegulationVersion.objects.select_related("regulation").get(pk=draft.pk), approved)

    def _half_read(self, version: RegulationVersion, since: date) -> None:
        """Every second reader has confirmed; the first one has not, so that the page shows what is asked."""
        readers = [one for one in self.people if acknowledgement.must_read(one, version)]
        days = list(working_days(since, self.until))
        Acknowledgement.objects.bulk_create(
            Acknowledgement(version=version, user=one, at=self._moment(self.rnd.choice(days), 11))
            for one in readers[1::2]
        )

    def _draft(self, code: str, note: str, values: dict[str, Any], *, is_sent: bool) -> None:
        """A version being written, or one that waits for approval."""
        author = self.staff[Role.DEPUTY_DIRECTOR][0]
        draft = start_draft(Regulation.objects.get(code=code), author)
        text = draft.text.rstrip() + "\n" + _ADDED[code]
        saved = save_draft(draft.pk, author, seen=1, text=text, change_note=note, values=values)
        if is_sent:
            send_to_review(saved.pk, author, seen=saved.revision)
        made = at(self.until - timedelta(days=3), 15.4)
        RegulationVersion.objects.filter(pk=draft.pk).update(created_at=made, changed_at=made)

    def _duties(self) -> None:
        """The last days' duties: most are done, some people forget more than others."""
        days = list(working_days(self.until - timedelta(days=30), self.until))[-_DUTY_DAYS:]
        of_role: dict[str, list[Duty]] = {}
        for one in Duty.objects.select_related("job"):
            of_role.setdefault(one.job.role, []).append(one)
        rows = []
        for person in self.people:
            care = self.rnd.uniform(0.72, 0.98)
            for day in days:
                for one in of_role.get(person.role, []):
                    if rhythm.falls_on(one.rhythm, one.place, day) and self.rnd.random() < care:
                        rows.append(DutyDone(duty=one, user=person, day=day, at=self._moment(day)))
        DutyDone.objects.bulk_create(rows)

    def _moment(self, day: date, earliest: float = 9.2) -> datetime:
        return at(day, self.rnd.uniform(earliest, 18))
