"""The Celery application. Redis is only the doorbell; PostgreSQL rows are the truth about jobs."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdept.settings")


def make_app() -> Celery:
    """The application, with the embedded Redis when no REDIS_URL is set."""
    from django.conf import settings

    from salesdept.schedule import BEAT_SCHEDULE

    celery = Celery("salesdept")
    celery.config_from_object("django.conf:settings", namespace="CELERY")
    celery.conf.beat_schedule = BEAT_SCHEDULE
    if settings.REDIS_URL is None and not settings.TESTING:
        from salesdept.servers import redis

        celery.conf.broker_url = redis.broker_url()
    celery.autodiscover_tasks()
    return celery


app = make_app()
