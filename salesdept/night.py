"""The runner of the night (DESIGN.md, «The night»).

One run per business date; steps of COMPUTE are committed one by one and skipped when a crashed run is
resumed; the steps of PUBLISH share one transaction, the moment the day becomes visible.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from salesdept import schedule
from salesdept.dates import today
from salesdept.models import JobRun, JobState, JobStep
from salesdept.sql import execute, fetch

log = logging.getLogger(__name__)
LOCK = 0x5A1E5DE9  # any constant: the key of the advisory lock that one night holds
GATE = 0x5A1E5DEA  # whoever runs the steps, for real or as a rehearsal, holds this one too
# For one transaction: statements over all clients sort in memory, and compiling them costs more than it saves.
_FOR_A_WHOLE_BASE = "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL enable_hashagg = on"

Step = Callable[..., int]


class NightError(Exception):
    """The night cannot run as asked; the message is for the person who asked."""


class AlreadyRunningError(NightError):
    """Another process runs the night now."""


def yesterday() -> date:
    """The business date that tonight computes."""
    return today() - timedelta(days=1)


def published_day() -> date | None:
    """The last day that pages show, or None before the first night."""
    return (
        JobRun.objects.filter(published_at__isnull=False)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )


def run_night(*, as_of: date, full: bool = False, started_by: int | None = None) -> JobRun:
    """Compute and publish one business date; resumes a crashed run of the same date.

    Raises NightError for a date in the future or, without `full`, before the last published day, and
    AlreadyRunningError when another process is at it. A failing step is recorded and its error re-raised.
    """
    if as_of > today():
        raise NightError(_("%(date)s is in the future.") % {"date": f"{as_of:%d.%m.%Y}"})
    with _lock():
        last = published_day()
        if last and as_of < last and not full:
            raise NightError(
                _("%(last)s is already published; recompute an earlier day with --full.")
                % {"last": f"{last:%d.%m.%Y}"}
            )
        JobRun.objects.filter(as_of__gt=as_of).delete()  # a day computed again takes the later ones back
        return _Run(as_of, full=full, started_by=started_by).work()


@contextmanager
def _lock() -> Iterator[None]:
    """A session lock: PostgreSQL lets it go when the process dies, however it dies."""
    if not fetch("SELECT pg_try_advisory_lock(%(key)s)", {"key": LOCK})[0][0]:
        raise AlreadyRunningError(_("The night is already running in another process."))
    try:
        # A rehearsal under way ends within its own bounds (seconds); no other begins once LOCK is held.
        execute("SELECT pg_advisory_lock(%(gate)s)", {"gate": GATE})
        yield
    finally:
        if connection.is_usable():
            keys = {"key": LOCK, "gate": GATE}
            execute("SELECT pg_advisory_unlock(%(gate)s), pg_advisory_unlock(%(key)s)", keys)


def run_step(path: str, *, as_of: date, full: bool) -> int:
    """Run one step of the schedule inside the caller's transaction; rows changed."""
    step: Step = import_string(path)
    execute(_FOR_A_WHOLE_BASE)
    return step(as_of=as_of, full=full)


class _Run:
    """One run: its rows in the base and the order of its steps."""

    def __init__(self, as_of: date, *, full: bool, started_by: int | None) -> None:
        self.as_of = as_of
        self.full = full
        self.started_by = started_by

    @cached_property
    def job(self) -> JobRun:
        """The row of this run: a crashed one of the same kind is resumed, any other starts afresh."""
        now = timezone.now()
        job, created = JobRun.objects.get_or_create(
            as_of=self.as_of,
            defaults={"started_at": now, "full": self.full, "started_by_id": self.started_by},
        )
        if not created:
            if job.state == JobState.DONE or job.full != self.full:
                job.steps.all().delete()
            job.state, job.full, job.started_by_id = JobState.RUNNING, self.full, self.started_by
            job.started_at, job.finished_at = now, None
            job.save(update_fields=["state", "full", "started_by", "started_at", "finished_at"])
        return job

    def work(self) -> JobRun:
        """All steps, in order."""
        done = set(self.job.steps.filter(state=JobState.DONE).values_list("name", flat=True))
        try:
            for position, path in enumerate(schedule.COMPUTE):
                if path not in done:
                    with transaction.atomic():
                        self._step(path, position)
            with transaction.atomic():
                for position, path in enumerate(schedule.PUBLISH, start=len(schedule.COMPUTE)):
                    self._step(path, position)
                self._finish()
        except BaseException as error:
            self._fail(error)
            raise
        return self.job

    def _step(self, path: str, position: int) -> None:
        self._current = (path, position)
        started = time.monotonic()
        rows = run_step(path, as_of=self.as_of, full=self.full)
        JobStep.objects.update_or_create(
            run=self.job,
            name=path,
            defaults={
                "position": position,
                "state": JobState.DONE,
                "rows": rows,
                "seconds": round(time.monotonic() - started, 3),
                "error": "",
            },
        )
        log.info("night %s: %s, %s rows", self.as_of, path, rows)

    def _finish(self) -> None:
        now = timezone.now()
        self.job.state, self.job.finished_at, self.job.published_at = JobState.DONE, now, now
        self.job.save(update_fields=["state", "finished_at", "published_at"])

    def _fail(self, error: BaseException) -> None:
        """Record what broke, outside of the transaction that was rolled back."""
        if not connection.is_usable():
            return
        path, position = getattr(self, "_current", ("", 0))
        if path:
            JobStep.objects.update_or_create(
                run=self.job,
                name=path,
                defaults={"position": position, "state": JobState.FAILED, "error": str(error)[:2000]},
            )
        JobRun.objects.filter(pk=self.job.pk).update(state=JobState.FAILED, finished_at=timezone.now())
