"""Contacts from a file: a client may have many rows; clients themselves are not made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.imports import client_rows, people
from clients.imports.client_rows import check_texts, count, reject_cards, value
from clients.imports.shipments import CODE
from clients.imports.staging import reject
from salesdept.sql import execute

if TYPE_CHECKING:
    from clients.imports.service import Run

_NAME = people.FOLDED.format("{0}.name")
_SAME = f"""
    EXISTS (SELECT FROM import_people o WHERE o.client_id = t.client_id AND o.row_no < t.row_no AND (
        {_NAME.format("o")} = {_NAME.format("t")} AND (t.name <> ''
            OR (t.phone <> '' AND o.phone = t.phone) OR (t.email <> '' AND o.email = t.email))))
    """
_MET_TWICE = """
    EXISTS (SELECT FROM import_met a JOIN import_met b ON b.contact_id = a.contact_id AND b.row_no < a.row_no
            WHERE a.row_no = t.row_no)
    """


def check(run: Run) -> None:
    """Fill import_rejects, then import_people and import_met."""
    reject(run, "client_code", "no_client", "r.client_code = ''")
    code = CODE.format(text="r.client_code")
    unknown = f"NOT EXISTS (SELECT FROM clients_client c WHERE c.code = {code})"
    reject(run, "client_code", "unknown_client", unknown)
    check_texts(run)
    given = " AND ".join(f"{run.text(name)} = ''" for name in ("contact", "phone", "email"))
    reject(run, "contact", "no_contact", given)
    execute("DROP TABLE IF EXISTS import_people")
    execute(
        f"""
        CREATE TEMP TABLE import_people ON COMMIT DROP AS
        SELECT r.row_no, c.id AS client_id, {run.text("contact")} AS name, {run.text("position")} AS position,
               {value(run, "phone")} AS phone, {value(run, "email")} AS email
        FROM import_rows r LEFT JOIN import_rejects x USING (row_no) JOIN clients_client c ON c.code = {code}
        WHERE x.row_no IS NULL
        """
    )
    execute("CREATE INDEX ON import_people (client_id)")
    name = next(one for one in ("contact", "phone", "email") if run.has(one))
    reject_cards(name, "double_contact", _SAME, "import_people")
    people.match()
    reject_cards(name, "double_contact", _MET_TWICE, "import_people")


def apply(run: Run) -> None:
    """Complete known contacts, make new ones."""
    execute("DROP TABLE IF EXISTS import_changed")
    execute("CREATE TEMP TABLE import_changed (row_no integer) ON COMMIT DROP")
    people.apply(run.batch.pk)
    count(run, "import_people", "row_no NOT IN (SELECT row_no FROM import_met)")


undo = client_rows.undo
