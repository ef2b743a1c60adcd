"""Celery shells of clients: fetch, call; nothing else."""

from celery import shared_task
from django.utils import translation


@shared_task
def work_on_import(pk: int, language: str) -> None:
    """Check, apply or undo an import, as its row says, in the language of the person who asked."""
    from clients.imports.work import run

    with translation.override(language):
        run(pk)
