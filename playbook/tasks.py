"""Celery shells of the book: fetch, call, retry; nothing else."""

from celery import shared_task


@shared_task
def rehearse(pk: int) -> None:
    """Compute what a draft would change; the row says how far it is and how it ended."""
    from playbook.services.rehearsal import run

    run(pk)
