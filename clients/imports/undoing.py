"""Taking an import back: what stands in the way is listed, and nothing is done by halves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.imports.errors import ImportFileError
from clients.models import Category, Client, Contact, ImportBatch, LegalEntity, Move
from salesdept.sql import execute, fetch

SHOWN = 10
# Relations of a client that people make; everything else about a client is derived by the night.
MADE_BY_PEOPLE = ("interactions", "tasks", "leads", "invoices", "contacts", "legal_entities", "credits")
_IMPORTED = {"contacts": "contact", "legal_entities": "legal_entity", "invoices": "invoice"}
# What an import of clients or contacts writes, and so what its undo puts back.
_CARDS = (
    (
        "client",
        "clients_client",
        ("name", "name_key", "city", "direction", "office_id", "segment_id", "old_type_id", "home_manager_id",
         "in_work_with_id"),
    ),
    ("legal_entity", "clients_legalentity", ("name", "kpp")),
    ("contact", "clients_contact", ("position", "phone", "email", "number_is_wrong")),
)  # fmt: skip
_HISTORY = (
    ("client", "clients_clientchange", "pgh_obj_id"),
    ("legal_entity", "clients_legalentitychange", "client_id"),
    ("contact", "clients_contactchange", "client_id"),
)


class UndoError(ImportFileError):
    """The import cannot be taken back; the message lists what stands on it."""


def check_nothing_stands_on(batch: ImportBatch) -> None:
    """UndoError when a later import changed the same objects, or people changed them or worked with its clients."""
    execute(
        "ANALYZE clients_importchange"
    )  # right after a large import the planner knows nothing of its rows
    later = fetch(
        """
        SELECT DISTINCT b.id, b.file_name FROM clients_importchange mine
        JOIN clients_importchange theirs ON theirs.model = mine.model AND theirs.object_id = mine.object_id
        JOIN clients_importbatch b ON b.id = theirs.batch_id AND b.id <> mine.batch_id
        WHERE mine.batch_id = %(batch)s AND theirs.id > mine.id
        ORDER BY b.id
        """,
        {"batch": batch.pk},
    )
    if later:
        names = ", ".join(f"{pk} ({name})" for pk, name in later[:SHOWN])
        raise UndoError(
            _("Later imports changed the same rows; undo them first: %(names)s.") % {"names": names}
        )
    worked = _worked_clients(batch)
    if worked:
        raise UndoError(
            _("People already worked with clients of this import: %(names)s.") % {"names": ", ".join(worked)}
        )


def _worked_clients(batch: ImportBatch) -> list[str]:
    """«Code — name» of clients that somebody touched since: the first ones."""
    related = {relation.get_accessor_name(): relation for relation in Client._meta.related_objects}
    mine = created(batch, "client")
    found: set[int] = set()
    for name in MADE_BY_PEOPLE:
        if name in related:
            rows = related[name].related_model._default_manager.filter(client__in=mine)
            if name in _IMPORTED:
                rows = rows.exclude(pk__in=created(batch, _IMPORTED[name]))
            found |= set(rows.order_by().values_list("client", flat=True).distinct()[:SHOWN])
    foreign = Client.objects.filter(pk__in=mine, shipments__isnull=False).exclude(
        shipments__in=created(batch, "shipment")
    )
    found |= set(foreign.order_by().values_list("pk", flat=True).distinct()[:SHOWN])
    found |= _changed_by_people(batch)
    clients = Client.objects.filter(pk__in=found).order_by("code")[:SHOWN]
    return [f"{client.code} — {client.name}" for client in clients]


def _changed_by_people(batch: ImportBatch) -> set[int]:
    """Clients whose facts, contacts, entities or hands a person changed after the import.

    The history of changes knows: what imports change, they sign with their number.
    """
    found: set[int] = set()
    for model, table, client in _HISTORY:
        rows = fetch(
            f"""
            SELECT DISTINCT h.{client} FROM {table} h
            JOIN clients_importchange c ON c.batch_id = %(batch)s AND c.model = '{model}' AND c.object_id = h.pgh_obj_id
            LEFT JOIN pghistory_context x ON x.id = h.pgh_context_id
            WHERE h.pgh_created_at > %(since)s AND NOT jsonb_exists(coalesce(x.metadata, '{{}}'), 'import')
            LIMIT {SHOWN}
            """,
            {"batch": batch.pk, "since": batch.finished_at},
        )
        found |= {row[0] for row in rows}
    moves = Move.objects.filter(
        client__in=batch.changes.filter(model="client").values("object_id"),
        made_by__isnull=False,
        at__gt=batch.finished_at,
    ).exclude(reason="import")
    return found | set(moves.order_by().values_list("client", flat=True).distinct()[:SHOWN])


def created(batch: ImportBatch, model: str) -> QuerySet[Any, Any]:
    """Ids of what the import created."""
    return batch.changes.filter(model=model, before__isnull=True).values("object_id")


def restore_names(batch: ImportBatch) -> None:
    """Names (and products' categories) as they were before an import of shipments."""
    restore(batch, "client", "clients_client", ("name", "name_key"))
    restore(batch, "product", "clients_product", ("name", "name_key", "category_id"))


def restore_cards(batch: ImportBatch) -> None:
    """Clients, legal entities and contacts as they were before an import of them."""
    for model, table, columns in _CARDS:
        restore(batch, model, table, columns)


def restore(batch: ImportBatch, model: str, table: str, columns: tuple[str, ...]) -> None:
    """Columns of the objects of one table that the import changed, as they were."""
    values = ", ".join(f"{name} = b.{name}" for name in columns)
    execute(
        f"""
        UPDATE {table} t SET {values}
        FROM (SELECT c.object_id, (jsonb_populate_record(NULL::{table}, c.before)).* FROM clients_importchange c
              WHERE c.batch_id = %(batch)s AND c.model = '{model}' AND c.before IS NOT NULL) b
        WHERE t.id = b.object_id
        """,
        {"batch": batch.pk},
    )


def delete_created(batch: ImportBatch) -> None:
    """Everything that came with the import, what the night derived from it, and the history of what never was."""
    execute(
        "DELETE FROM clients_product WHERE id IN (SELECT object_id FROM clients_importchange c"
        " WHERE c.batch_id = %(batch)s AND model = 'product' AND before IS NULL)",
        {"batch": batch.pk},
    )
    Category.objects.filter(pk__in=created(batch, "category"), products__isnull=True).delete()
    for model, name in ((Move, "move"), (Contact, "contact"), (LegalEntity, "legal_entity")):
        model._default_manager.filter(pk__in=created(batch, name)).delete()
    clients = list(created(batch, "client").values_list("object_id", flat=True))
    Client.objects.filter(pk__in=clients).delete()
    for model_name, table, client in _HISTORY:
        execute(f"DELETE FROM {table} WHERE {client} = ANY(%(clients)s)", {"clients": clients})
        execute(
            f"DELETE FROM {table} h USING clients_importchange c WHERE c.batch_id = %(batch)s AND c.before IS NULL"
            f" AND c.model = '{model_name}' AND c.object_id = h.pgh_obj_id",
            {"batch": batch.pk},
        )
