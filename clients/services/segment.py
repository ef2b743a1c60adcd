"""A client's segment, set by a person for one or many clients (DOMAIN.md 4.8); undone like a hand-over."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from clients.models import BulkChange, Client
from clients.querysets import ClientQuerySet
from playbook.models import Segment
from salesdept.models import User


@transaction.atomic
def set_segment(
    clients: ClientQuerySet | Iterable[int], segment: Segment | None, made_by: User
) -> BulkChange:
    """Put clients into a segment (None takes them out of theirs); unchanged ones are left out."""
    ids: Any = clients.values("pk") if isinstance(clients, ClientQuerySet) else list(clients)
    rows = Client.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    target = segment.pk if segment else None
    values = {
        str(pk): {"segment_id": [before, target]}
        for pk, before in rows.values_list("pk", "segment_id")
        if before != target
    }
    Client.objects.filter(pk__in=values).update(segment=segment)
    return BulkChange.objects.create(kind=BulkChange.Kind.SEGMENT, made_by=made_by, values=values)
