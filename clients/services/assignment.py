"""Who works with whom, changed by people (DOMAIN.md 4.5). Every move is history; one action can be undone.

Set-based: the number of statements does not depend on the number of clients.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import BulkChange, Client, Move, MoveReason
from clients.querysets import ClientQuerySet
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, Role, has_perm

UNDO_WITHIN = timedelta(minutes=1)  # the button lives ten seconds; the rest is for a slow connection
_MOVE_FIELDS = {"home_manager_id": Move.Field.HOME, "in_work_with_id": Move.Field.WORK}

Values = dict[str, dict[str, list[int | None]]]


class AssignmentError(Exception):
    """The move cannot be made; the message is for the person who asked."""


def candidates(user: User) -> Any:
    """People the user may give clients to: active sellers, of the user's office unless they see all clients."""
    sellers = User.objects.sellers().select_related("office")
    return sellers if has_perm(user, Perm.SEE_ALL_CLIENTS) else sellers.filter(office=user.office_id)


@transaction.atomic
def assign(
    clients: ClientQuerySet | Iterable[int],
    to_user: User | None,
    field: str,
    made_by: User,
    reason: str = MoveReason.MANUAL,
    comment: str = "",
) -> BulkChange:
    """Give clients to a person, as home manager or to work with; unchanged ones are left out.

    A new home manager also takes the work, unless somebody other than the old home manager works with the
    client now (a development manager after a hand-over). Only active sellers own clients. Raises AssignmentError.
    """
    if to_user is not None and not (to_user.is_active and to_user.role in Role.sellers()):
        raise AssignmentError(_("%(name)s does not work with clients.") % {"name": to_user.get_full_name()})
    target = to_user.pk if to_user else None
    values: Values = {}
    for pk, home, work in _locked(clients):
        changed = {}
        if field == Move.Field.HOME and home != target:
            changed["home_manager_id"] = [home, target]
        if (field == Move.Field.WORK or work in (None, home)) and work != target:
            changed["in_work_with_id"] = [work, target]
        if changed:
            values[str(pk)] = changed
    _write(values, made_by, reason, comment)
    return BulkChange.objects.create(kind=field, made_by=made_by, values=values)


def take(client: Client, user: User) -> BulkChange:
    """Take a client from the «no owner» queue; raises AssignmentError when somebody was faster."""
    with transaction.atomic():
        free = Client.objects.select_for_update().filter(pk=client.pk, home_manager__isnull=True)
        if not free.exists():
            raise AssignmentError(_("Somebody has already taken this client."))
        comment = _("Taken from the queue without an owner")
        return assign([client.pk], user, Move.Field.HOME, user, MoveReason.MANUAL, comment)


@transaction.atomic
def undo(change: BulkChange, user: User) -> int:
    """Put the values of an action back where nobody has changed them since; how many clients went back.

    Only by the person who did it, once, and within a minute. Raises AssignmentError.
    """
    change = BulkChange.objects.select_for_update().get(pk=change.pk)
    if change.made_by_id != user.pk or change.undone_at:
        raise AssignmentError(_("This has already been undone."))
    if timezone.now() - change.at > UNDO_WITHIN:
        raise AssignmentError(_("It is too late to undo this; make the change again by hand."))
    now = {str(row.pk): row for row in Client.objects.select_for_update().filter(pk__in=change.values)}
    back: Values = {}
    for pk, columns in change.values.items():
        mine = {
            column: [after, before]
            for column, (before, after) in columns.items()
            if pk in now and getattr(now[pk], column) == after
        }
        if mine:
            back[pk] = mine
    _write(back, user, MoveReason.MANUAL, _("Undone"))
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return len(back)


def _locked(clients: ClientQuerySet | Iterable[int]) -> list[tuple[int, int | None, int | None]]:
    """(id, home manager, in work with) of the clients, locked in the order of their ids."""
    ids: Any = clients.values("pk") if isinstance(clients, ClientQuerySet) else list(clients)
    rows = Client.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return list(rows.values_list("pk", "home_manager_id", "in_work_with_id"))


def _write(values: Values, made_by: User, reason: str, comment: str) -> None:
    """Update the clients, one statement per new value of a column, and write the moves."""
    groups: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    moves = []
    now, day = timezone.now(), today()
    for pk, columns in values.items():
        for column, (before, after) in columns.items():
            groups[column, after].append(int(pk))
            if column in _MOVE_FIELDS:
                moves.append(
                    Move(
                        client_id=int(pk),
                        field=_MOVE_FIELDS[column],
                        from_user_id=before,
                        to_user_id=after,
                        on=day,
                        at=now,
                        reason=reason,
                        comment=comment,
                        made_by=made_by,
                    )
                )
    for (column, after), ids in groups.items():
        Client.objects.filter(pk__in=ids).update(**{column: after})
    Move.objects.bulk_create(moves)
