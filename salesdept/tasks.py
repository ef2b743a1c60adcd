"""Celery shells of the floor: fetch, call, retry; nothing else."""

from celery import shared_task


@shared_task(bind=True, max_retries=5, default_retry_delay=300)
def night(self, started_by: int | None = None, full: bool = False) -> None:  # type: ignore[no-untyped-def]
    """The night of yesterday's business date; resumes a run that crashed."""
    from salesdept.night import AlreadyRunningError, run_night, yesterday

    try:
        run_night(as_of=yesterday(), full=full, started_by=started_by)
    except AlreadyRunningError as error:
        raise self.retry(exc=error) from error
