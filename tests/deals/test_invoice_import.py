"""Invoices from a file: made, brought up to date, twice is once, undone exactly."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from clients.imports.service import import_path, undo
from clients.imports.undoing import UndoError
from deals.models import Invoice
from salesdept.dates import today
from tests.factories import ClientFactory, InvoiceFactory

pytestmark = pytest.mark.django_db
HEAD = "Код клиента;Номер счёта;Дата счёта;Сумма;Действителен до;Статус;Дата оплаты\n"


def write(folder: Path, rows: str) -> Path:
    path = folder / "invoices.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _client(db: Any) -> None:
    ClientFactory(code="7", name="Лайм")


def test_invoices_come_in_and_without_a_printed_term_the_book_says_how_long_they_are_valid(
    tmp_path: Path,
) -> None:
    rows = "7;101;02.11.2025;86 400,50;;;\n7;102;02.11.2025;10;20.11.2025;оплачен;05.11.2025\n"
    batch = import_path(write(tmp_path, rows), kind="invoices")
    assert (batch.read, batch.created, batch.rejected) == (2, 2, 0)
    first, second = Invoice.objects.order_by("number")
    assert (first.amount, first.state, first.valid_until) == (Decimal("86400.50"), "open", None)
    assert (second.state, second.paid_on, second.valid_until, second.year) == (
        "paid",
        date(2025, 11, 5),
        date(2025, 11, 20),
        2025,
    )
    again = import_path(write(tmp_path, rows), kind="invoices")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    undo(batch)
    assert not Invoice.objects.exists()


def test_a_known_invoice_is_brought_up_to_date_and_put_back(tmp_path: Path) -> None:
    client = ClientFactory(code="8")
    day = date(2025, 11, 2)
    known = InvoiceFactory(client=client, number="101", issued_on=day, valid_until=day, state="confirmed")
    before = Invoice.objects.values().get()
    assert import_path(write(tmp_path, "8;101;02.11.2025;86400;;открыт;\n"), kind="invoices").unchanged == 1
    batch = import_path(write(tmp_path, "8;101;02.11.2025;90000;;;05.11.2025\n"), kind="invoices")
    known.refresh_from_db()
    assert (batch.updated, known.amount, known.state, known.paid_on) == (1, 90000, "paid", date(2025, 11, 5))
    undo(batch)
    assert Invoice.objects.values().get() == before


BAD = [
    (";1;02.11.2025;5;;;", "нет клиента"),
    ("9;1;02.11.2025;5;;;", "клиента с таким кодом нет"),
    ("7;;02.11.2025;5;;;", "нет номера документа"),
    ("7;1;;5;;;", "нет даты, или это не дата"),
    ("7;1;02.11.2999;5;;;", "дата в будущем"),
    ("7;1;02.11.2025;пять;;;", "это не число"),
    ("7;1;02.11.2025;0;;;", "сумма должна быть больше нуля"),
    ("7;1;02.11.2025;5;01.11.2025;;", "раньше даты счёта"),
    ("7;1;02.11.2025;5;;;вчера", "нет даты, или это не дата"),
    ("7;1;02.11.2025;5;;забыт;", "такого состояния нет"),
    ("7;101;03.11.2025;5;;;", "этот документ уже есть в файле выше"),
]


@pytest.mark.parametrize(("row", "reason"), BAD)
def test_bad_row_says_why_in_russian(tmp_path: Path, row: str, reason: str) -> None:
    batch = import_path(write(tmp_path, f"7;101;02.11.2025;86400;;;\n{row}\n"), kind="invoices")
    assert (batch.read, batch.accepted, batch.rejected) == (2, 1, 1)
    line = Path(batch.rejects_path).read_text(encoding="utf-8-sig").splitlines()[1].split(";")
    assert (line[0], line[2]) == ("3", reason)


def test_undo_is_refused_when_somebody_called_about_an_invoice(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, "7;101;02.11.2025;86400;;;\n"), kind="invoices")
    Invoice.objects.update(contacted_on=today())
    with pytest.raises(UndoError, match="101 — Лайм"):
        undo(batch)
    assert Invoice.objects.exists()


def test_the_command_knows_invoices(tmp_path: Path) -> None:
    call_command("import_file", str(write(tmp_path, "7;101;02.11.2025;5;;;\n")), kind="invoices")
    assert Invoice.objects.get().number == "101"
