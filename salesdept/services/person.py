"""People: what happens to their sessions when they are let go (DOMAIN.md 7)."""

from __future__ import annotations

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from salesdept.models import User


def end_sessions(user: User) -> int:
    """End every session of the person at once; how many there were. Nothing else of theirs is touched.

    Sessions are found by whom they belong to, not only by the list of devices: a session that made no request
    since it began stands in no list.
    """
    engine = import_module(settings.SESSION_ENGINE)
    live = Session.objects.filter(expire_date__gt=timezone.now())
    keys = {one.session_key for one in live.iterator() if one.get_decoded().get(SESSION_KEY) == str(user.pk)}
    keys |= set(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    for key in keys:
        engine.SessionStore().delete(key)
    UserSession.objects.filter(user=user).delete()
    return len(keys)
