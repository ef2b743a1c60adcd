"""Clients from a file: one row is one client with its legal entity and the person to ask for.

Found again by code; an empty cell never erases what is known. A manager of the file becomes the home manager and
takes the work where the home manager had it, as `services.assignment.assign` does; every such move is history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.imports import client_sql, people, undoing
from clients.imports.shipments import CODE
from clients.imports.staging import reject
from clients.imports.values import read_email, read_inn, read_kpp, read_phone, stage_texts
from clients.models import ImportBatch
from salesdept.dates import today
from salesdept.roles import Role
from salesdept.sql import execute, fetch

if TYPE_CHECKING:
    from clients.imports.service import Run

READERS = {"inn": read_inn, "kpp": read_kpp, "phone": read_phone, "email": read_email}
_LOOKUPS = {
    "direction": ("unknown_direction", client_sql.DIRECTIONS),
    "branch": ("unknown_office", client_sql.OFFICES),
    "segment": ("unknown_segment", client_sql.SEGMENTS),
    "manager": ("unknown_manager", client_sql.MANAGERS),
}


def check(run: Run) -> None:
    """Fill import_rejects, then import_cards with one typed row per client."""
    reject(run, "code", "no_code", "r.code = ''")
    check_texts(run)
    sellers = ", ".join(f"'{role}'" for role in Role.sellers())
    for name, (reason, query) in _LOOKUPS.items():
        execute(f"DROP TABLE IF EXISTS import_{name}")
        execute(f"CREATE TEMP TABLE import_{name} ON COMMIT DROP AS {query.format(sellers=sellers)}")
        if run.has(name):
            known = f"SELECT known FROM import_{name}"
            reject(
                run,
                name,
                reason,
                f"r.{name} <> '' AND {people.FOLDED.format(f'r.{name}')} NOT IN ({known})",
            )
    _type_cards(run)
    for name, reason, where in client_sql.REJECTS:
        if run.has(name):
            reject_cards(name, reason, where)


def check_texts(run: Run) -> None:
    """Read phones, INNs and the like: the temp tables import_inn(raw, value) and so on."""
    for name, read in READERS.items():
        if run.has(name):
            stage_texts(name, read)
            unread = f"SELECT raw FROM import_{name} WHERE value IS NULL"
            reject(run, name, f"bad_{name}", f"r.{name} IN ({unread})")


def value(run: Run, name: str) -> str:
    """SQL of what was read from a field of `READERS`; empty when the file lacks it."""
    if not run.has(name):
        return "''"
    return f"coalesce((SELECT v.value FROM import_{name} v WHERE v.raw = r.{name}), '')"


def _type_cards(run: Run) -> None:
    joins = " ".join(
        f"LEFT JOIN import_{name} AS the_{name} ON the_{name}.known = {people.FOLDED.format(run.text(name))}"
        for name in _LOOKUPS
    )
    execute("DROP TABLE IF EXISTS import_cards")
    execute(
        f"""
        CREATE TEMP TABLE import_cards ON COMMIT DROP AS
        SELECT r.row_no, c.id AS client_id, {CODE.format(text="r.code")} AS code, r.name,
               {run.text("city")} AS city, the_direction.id AS direction, the_branch.id AS office_id,
               the_segment.id AS segment_id, the_segment.old_type AS old_type_id, the_manager.id AS manager_id,
               {run.text("legal_name")} AS legal_name, {value(run, "inn")} AS inn, {value(run, "kpp")} AS kpp,
               {run.text("contact")} AS contact, {run.text("position")} AS position,
               {value(run, "phone")} AS phone, {value(run, "email")} AS email, false AS is_new
        FROM import_rows r LEFT JOIN import_rejects x USING (row_no) {joins}
        LEFT JOIN clients_client c ON c.code = {CODE.format(text="r.code")}
        WHERE x.row_no IS NULL
        """
    )
    execute("CREATE INDEX ON import_cards (inn) WHERE inn <> ''; ANALYZE import_cards")


def reject_cards(name: str, reason: str, where: str, table: str = "import_cards") -> None:
    """Reject typed rows (alias t) for which `where` holds, and take them out of the table."""
    execute(
        f"""
        WITH bad AS (SELECT t.row_no FROM {table} t WHERE {where}),
             gone AS (DELETE FROM {table} t USING bad WHERE t.row_no = bad.row_no)
        INSERT INTO import_rejects (row_no, field, reason, value)
        SELECT row_no, %(name)s, %(reason)s, '' FROM bad
        """,
        {"name": name, "reason": reason},
    )


def apply(run: Run) -> None:
    """Clients, moves, legal entities and contacts: a few statements, whatever the size of the file."""
    by = {"batch": run.batch.pk, "user": run.batch.started_by_id, "day": today()}
    execute("DROP TABLE IF EXISTS import_changed, import_people")
    execute("CREATE TEMP TABLE import_changed (row_no integer) ON COMMIT DROP")
    execute(client_sql.UPDATE_CLIENTS, by)
    execute(client_sql.NEW_CLIENTS, by)
    execute("ANALYZE import_cards")
    execute(client_sql.UPDATE_ENTITIES, by)
    execute(client_sql.NEW_ENTITIES, by)
    execute(
        "CREATE TEMP TABLE import_people ON COMMIT DROP AS"
        " SELECT row_no, client_id, contact AS name, position, phone, email FROM import_cards"
        " WHERE contact <> '' OR phone <> '' OR email <> ''"
    )
    people.match()
    people.apply(run.batch.pk)
    count(run, "import_cards", "is_new")


def count(run: Run, table: str, is_new: str) -> None:
    """Created, updated, unchanged: each accepted row is one of them."""
    sql = f"""
        SELECT count(*) FILTER (WHERE {is_new}),
               count(*) FILTER (WHERE NOT {is_new} AND row_no IN (SELECT row_no FROM import_changed)), count(*)
        FROM {table}
        """
    created, updated, every = fetch(sql)[0]
    run.counts |= {"created": created, "updated": updated, "unchanged": every - created - updated}


def undo(batch: ImportBatch) -> None:
    """Delete what the import created and put back what it replaced."""
    undoing.check_nothing_stands_on(batch)
    undoing.restore_cards(batch)
    undoing.delete_created(batch)
