"""Answers of clients to the key parameters of their sphere (DOMAIN.md 4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.models import Client, ClientAnswer
from playbook.models import KeyParameter
from salesdept.models import User


@transaction.atomic
def set_answers(client: Client, user: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write typed values by the parameter's code; None takes an answer back.

    Returns what stood before, for those that changed: the same call with it undoes this one. Unknown codes raise
    KeyParameter.DoesNotExist.
    """
    parameters = {one.code: one for one in KeyParameter.objects.filter(code__in=values)}
    if missing := set(values) - set(parameters):
        raise KeyParameter.DoesNotExist(", ".join(sorted(missing)))
    rows = ClientAnswer.objects.select_for_update().filter(client=client, parameter__in=parameters.values())
    stored = {one.parameter_id: one for one in rows}
    before: dict[str, Any] = {}
    for code, parameter in parameters.items():
        row, value = stored.get(parameter.pk), values[code]
        old = row.value if row else None
        if value == old:
            continue
        before[code] = old
        if value is None and row:
            row.delete()
        else:
            ClientAnswer.objects.update_or_create(
                client=client,
                parameter=parameter,
                defaults={"value": value, "answered_by": user, "answered_at": timezone.now()},
            )
    return before
