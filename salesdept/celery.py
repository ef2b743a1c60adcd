"""The Celery application. Redis is only the doorbell; PostgreSQL rows are the truth about jobs."""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdept.settings")


def make_app() -> Celery:
    """The application, with the embedded Redis when no REDIS_URL is set; nothing starts before it is used."""
    celery = Celery("salesdept")
    celery.config_from_object("django.conf:settings", namespace="CELERY")
    celery.on_after_configure.connect(_complete)
    celery.autodiscover_tasks()
    celery.set_default()  # for every thread of the web process, not only the one that imports this
    return celery


def _complete(sender: Celery, source: Any, **_more: Any) -> None:
    from django.conf import settings

    from salesdept.schedule import BEAT_SCHEDULE

    source["beat_schedule"] = BEAT_SCHEDULE
    if settings.REDIS_URL is None and not settings.TESTING:
        from salesdept.servers import redis

        source["broker_url"] = redis.broker_url()


app = make_app()
