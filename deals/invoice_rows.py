"""Invoices from a file: one row is one invoice, known by its number and calendar year (DOMAIN.md 5.4).

An empty cell never erases what is known; a file that still says «open» does not take back what people have noted.
Without a date of its own an invoice is valid for as many days as the book says: the night counts them.
"""

# ruff: noqa: S608 - names in this SQL are ours; values come as parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.imports import kinds, undoing
from clients.imports.client_rows import count, reject_cards
from clients.imports.shipments import CODE, LARGEST_AMOUNT
from clients.imports.staging import reject
from clients.imports.values import read_date, stage_texts
from clients.models import ImportBatch
from deals.models import Invoice
from salesdept.dates import today
from salesdept.sql import execute

if TYPE_CHECKING:
    from clients.imports.service import Run

KIND = kinds.Kind(
    "invoices",
    gettext_lazy("Invoices"),
    (
        kinds.Field(
            "client_code",
            gettext_lazy("client code"),
            ("код клиента", "код контрагента", "клиент", "контрагент"),
            64,
        ),
        kinds.Field(
            "number",
            gettext_lazy("invoice number"),
            ("номер", "номер счета", "№", "№ счета", "счет", "invoice"),
            64,
        ),
        kinds.Field("date", gettext_lazy("date of issue"), ("дата", "дата счета", "issued_on"), 0),
        kinds.Field("amount", gettext_lazy("amount"), ("сумма", "сумма счета", "сумма, руб", "total"), 0),
        kinds.Field(
            "valid_until",
            gettext_lazy("valid until"),
            ("действителен до", "срок действия", "оплатить до", "срок оплаты"),
            0,
        ),
        kinds.Field("state", gettext_lazy("state"), ("состояние", "статус", "статус счета"), 0),
        kinds.Field("paid_on", gettext_lazy("paid on"), ("дата оплаты", "оплачен"), 0),
    ),
    (frozenset({"client_code", "number", "date", "amount"}),),
    "deals.invoice_rows",
)
_DATES = ("date", "valid_until", "paid_on")
_STATES = {
    "open": ("open", "открыт", "выставлен", "не оплачен", "неоплачен"),
    "confirmed": ("confirmed", "подтвержден", "согласован"),
    "paid": ("paid", "оплачен", "оплачен полностью"),
    "expired": ("expired", "истек", "просрочен"),
    "cancelled": ("cancelled", "отменен", "аннулирован"),
}


def _read_day(text: str) -> str | None:
    day = read_date(text)
    return day.isoformat() if day else None


def _read_state(text: str) -> str | None:
    word = text.strip().lower().replace("ё", "е")
    return next((state for state, words in _STATES.items() if word in words), None)


def check(run: Run) -> None:
    """Fill import_rejects, then import_invoices with one typed row per invoice."""
    reject(run, "client_code", "no_client", "r.client_code = ''")
    reject(run, "number", "no_number", "r.number = ''")
    reject(run, "date", "no_date", "r.date = ''")
    for name in _DATES:
        _read(run, name, _read_day, "no_date")
    _read(run, "state", _read_state, "bad_state")
    reject(run, "date", "future_date", f"({_value(run, 'date')})::date > DATE '{today():%Y-%m-%d}'")
    reject(run, "amount", "bad_number", "import_number(r.amount) IS NULL")
    reject(run, "amount", "not_positive", "round(import_number(r.amount), 2) <= 0")
    reject(run, "amount", "too_large", f"import_number(r.amount) >= {LARGEST_AMOUNT}")
    code = CODE.format(text="r.client_code")
    unknown = f"NOT EXISTS (SELECT FROM clients_client c WHERE c.code = {code})"
    reject(run, "client_code", "unknown_client", unknown)
    _type_rows(run, code)
    twice = (
        "EXISTS (SELECT FROM import_invoices o"
        " WHERE o.number = t.number AND o.year = t.year AND o.row_no < t.row_no)"
    )
    reject_cards("number", "double_document", twice, "import_invoices")
    for name in ("valid_until", "paid_on"):
        if run.has(name):
            reject_cards(name, "before_issue", f"t.{name} < t.issued_on", "import_invoices")


def _read(run: Run, name: str, read: object, reason: str) -> None:
    if run.has(name):
        stage_texts(name, read)  # type: ignore[arg-type]
        reject(run, name, reason, f"r.{name} IN (SELECT raw FROM import_{name} WHERE value IS NULL)")


def _value(run: Run, name: str) -> str:
    return f"SELECT v.value FROM import_{name} v WHERE v.raw = r.{name}" if run.has(name) else "SELECT NULL"


def _type_rows(run: Run, code: str) -> None:
    execute("DROP TABLE IF EXISTS import_invoices")
    execute(
        f"""
        CREATE TEMP TABLE import_invoices ON COMMIT DROP AS
        SELECT t.*, extract(year FROM t.issued_on)::smallint AS year, i.id AS invoice_id
        FROM (
            SELECT r.row_no, r.number, c.id AS client_id, round(import_number(r.amount), 2) AS amount,
                   ({_value(run, "date")})::date AS issued_on, ({_value(run, "valid_until")})::date AS valid_until,
                   ({_value(run, "paid_on")})::date AS paid_on, ({_value(run, "state")}) AS state
            FROM import_rows r LEFT JOIN import_rejects x USING (row_no)
            JOIN clients_client c ON c.code = {code}
            WHERE x.row_no IS NULL) t
        LEFT JOIN deals_invoice i ON i.number = t.number AND i.year = extract(year FROM t.issued_on)
        """
    )
    execute("CREATE INDEX ON import_invoices (number); ANALYZE import_invoices")


_FRESH = """
    SELECT t.row_no, i.*, t.client_id AS fresh_client, t.issued_on AS fresh_day, t.amount AS fresh_amount,
           coalesce(t.valid_until, CASE WHEN i.valid_until < t.issued_on THEN t.issued_on ELSE i.valid_until END)
               AS fresh_until,
           coalesce(t.paid_on, i.paid_on) AS fresh_paid,
           CASE WHEN t.state IS NULL AND t.paid_on IS NOT NULL THEN 'paid'
                WHEN t.state IS NULL OR t.state = 'open' THEN i.state ELSE t.state END AS fresh_state
    FROM import_invoices t JOIN deals_invoice i ON i.id = t.invoice_id
    """
_COLUMNS = ("client_id", "issued_on", "amount", "valid_until", "paid_on", "state")
_UPDATE = f"""
    WITH changed AS (
        SELECT * FROM ({_FRESH}) f
        WHERE (client_id, issued_on, amount, valid_until, paid_on, state)
           IS DISTINCT FROM (fresh_client, fresh_day, fresh_amount, fresh_until, fresh_paid, fresh_state)
    ), kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'invoice', id, jsonb_build_object('client_id', client_id, 'issued_on', issued_on,
            'amount', amount, 'valid_until', valid_until, 'paid_on', paid_on, 'state', state) FROM changed
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM changed
    )
    UPDATE deals_invoice i SET client_id = c.fresh_client, issued_on = c.fresh_day, amount = c.fresh_amount,
           valid_until = c.fresh_until, paid_on = c.fresh_paid, state = c.fresh_state
    FROM changed c WHERE i.id = c.id
    """
_INSERT = """
    WITH made AS (
        INSERT INTO deals_invoice (number, year, issued_on, client_id, amount, state, valid_until, contacted_on, paid_on)
        SELECT number, year, issued_on, client_id, amount,
               coalesce(state, CASE WHEN paid_on IS NULL THEN 'open' ELSE 'paid' END),
               valid_until, NULL, paid_on
        FROM import_invoices WHERE invoice_id IS NULL ORDER BY row_no RETURNING id
    )
    INSERT INTO clients_importchange (batch_id, model, object_id, before)
    SELECT %(batch)s, 'invoice', id, NULL FROM made
    """


def apply(run: Run) -> None:
    """Known invoices brought up to date, new ones made."""
    execute("DROP TABLE IF EXISTS import_changed")
    execute("CREATE TEMP TABLE import_changed (row_no integer) ON COMMIT DROP")
    execute(_UPDATE, {"batch": run.batch.pk})
    execute(_INSERT, {"batch": run.batch.pk})
    count(run, "import_invoices", "invoice_id IS NULL")


def undo(batch: ImportBatch) -> None:
    """Delete the invoices that came with the import, put the others back; UndoError when somebody called about them."""
    undoing.check_nothing_stands_on(batch)
    made = Invoice.objects.filter(pk__in=undoing.created(batch, "invoice"))
    talked = made.filter(contacted_on__isnull=False).select_related("client").order_by("pk")[: undoing.SHOWN]
    if talked:
        names = ", ".join(f"{one.number} — {one.client.name}" for one in talked)
        raise undoing.UndoError(
            _("People already talked about invoices of this import: %(names)s.") % {"names": names}
        )
    undoing.restore(batch, "invoice", "deals_invoice", _COLUMNS)
    made.delete()
