"""Taking an import back: what stands in the way is listed, and nothing is done by halves."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from clients.imports.readers import ImportFileError
from clients.models import Category, Client, ImportBatch
from salesdept.sql import execute, fetch

SHOWN = 10
# Relations of a client that people make; everything else about a client is derived by the night.
MADE_BY_PEOPLE = ("interactions", "tasks", "leads", "invoices", "contacts", "legal_entities", "credits")


class UndoError(ImportFileError):
    """The import cannot be taken back; the message lists what stands on it."""


def check_nothing_stands_on(batch: ImportBatch) -> None:
    """UndoError when a later import changed the same objects or people worked with clients it created."""
    later = fetch(
        """
        SELECT DISTINCT b.id, b.file_name FROM clients_importchange mine
        JOIN clients_importchange theirs ON theirs.model = mine.model AND theirs.object_id = mine.object_id
        JOIN clients_importbatch b ON b.id = theirs.batch_id AND b.state = 'applied'
        WHERE mine.batch_id = %(batch)s AND theirs.batch_id > mine.batch_id
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
    related = {relation.get_accessor_name() for relation in Client._meta.related_objects}
    clients = Client.objects.filter(pk__in=created(batch, "client"))
    found: list[str] = []
    for name in MADE_BY_PEOPLE:
        if name in related:
            rows = clients.annotate(many=Count(name)).filter(many__gt=0).order_by("code")[:SHOWN]
            found += [f"{client.code} — {client.name}" for client in rows]
    other = (
        clients.filter(shipments__isnull=False)
        .exclude(shipments__in=created(batch, "shipment"))
        .order_by("code")
    )
    found += [f"{client.code} — {client.name}" for client in other.distinct()[:SHOWN]]
    return list(dict.fromkeys(found))[:SHOWN]


def created(batch: ImportBatch, model: str):  # type: ignore[no-untyped-def]
    """Ids of what the import created."""
    return batch.changes.filter(model=model, before__isnull=True).values("object_id")


def restore_names(batch: ImportBatch) -> None:
    """Names (and products' categories) as they were."""
    params = {"batch": batch.pk}
    for table, model, columns in (
        ("clients_client", "client", ("name", "name_key")),
        ("clients_product", "product", ("name", "name_key", "category_id")),
    ):
        values = ", ".join(f"{name} = b.{name}" for name in columns)
        execute(
            f"""
            UPDATE {table} t SET {values}
            FROM (SELECT c.object_id, (jsonb_populate_record(NULL::{table}, c.before)).* FROM clients_importchange c
                  WHERE c.batch_id = %(batch)s AND c.model = '{model}' AND jsonb_exists(c.before, 'name_key')) b
            WHERE t.id = b.object_id
            """,
            params,
        )


def delete_created(batch: ImportBatch) -> None:
    """Products, categories and clients that came with the import, and what the night derived from them."""
    execute(
        "DELETE FROM clients_product WHERE id IN (SELECT object_id FROM clients_importchange c"
        " WHERE c.batch_id = %(batch)s AND model = 'product' AND before IS NULL)",
        {"batch": batch.pk},
    )
    Category.objects.filter(pk__in=created(batch, "category"), products__isnull=True).delete()
    Client.objects.filter(pk__in=created(batch, "client")).delete()
