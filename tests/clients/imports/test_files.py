"""Files as people have them, and files as they should not be."""

import gzip
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from clients.imports.errors import ImportFileError
from clients.imports.service import import_path, undo
from clients.imports.undoing import UndoError
from clients.imports.values import read_date
from clients.models import Client, ImportBatch, Product, Shipment, ShipmentLine
from salesdept.dates import today
from tests.factories import ClientFactory, InteractionFactory

pytestmark = pytest.mark.django_db
ROWS = "Код клиента;Клиент;Дата;Номер;Количество;Цена\n7;Лайм;01.02.2019;А-1;3;1 250,50\n"


def write(folder: Path, text: str, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_russian_csv_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    batch = import_path(write(tmp_path, ROWS.replace(";", delimiter), encoding=encoding), kind="shipments")
    assert (batch.accepted, batch.rejected) == (1, 0)
    shipment = Shipment.objects.get()
    assert (shipment.client.name, shipment.date, shipment.amount) == (
        "Лайм",
        date(2019, 2, 1),
        Decimal("3751.50"),
    )


def test_xlsx_and_gz_are_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["client_code", "date", "number", "amount"])
    book.active.append([17850.0, date(2019, 2, 1), "B1", 100.5])
    book.save(tmp_path / "table.xlsx")
    assert import_path(tmp_path / "table.xlsx", kind="shipments").accepted == 1
    assert Client.objects.get().code == "17850"
    packed = tmp_path / "rows.csv.gz"
    packed.write_bytes(gzip.compress(ROWS.encode()))
    assert import_path(packed, kind="shipments").accepted == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.02.2019", date(2019, 2, 1)),
        ("2019-02-01 10:30:00", date(2019, 2, 1)),
        ("1/2/2019", date(2019, 2, 1)),
        ("43497", date(2019, 2, 1)),
        ("31.02.2019", None),
        ("вчера", None),
    ],
)
def test_dates_of_files(text: str, day: date | None) -> None:
    assert read_date(text) == day


def test_rejected_rows_have_number_column_and_reason_and_the_rest_comes_in(tmp_path: Path) -> None:
    later = (today() + timedelta(days=2)).isoformat()
    text = ROWS + f";;01.02.2019;А-2;1;1\n7;;нет;А-3;1;1\n7;;{later};А-4;1;1\n7;;01.02.2019;А-5;один;1\n"
    batch = import_path(write(tmp_path, text), kind="shipments")
    assert (batch.read, batch.accepted, batch.rejected) == (5, 1, 4)
    lines = Path(batch.rejects_path).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(";")[:2] for line in lines] == [
        ["3", "Код клиента"],
        ["4", "Дата"],
        ["5", "Дата"],
        ["6", "Количество"],
    ]


def test_unknown_clients_are_rejected_when_asked(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, ROWS), kind="shipments", unknown_clients="reject")
    assert (batch.accepted, batch.rejected, Client.objects.count()) == (0, 1, 0)


def test_document_of_a_file_replaces_the_stored_one_and_undo_puts_it_back(tmp_path: Path) -> None:
    import_path(write(tmp_path, ROWS), kind="shipments")
    before = list(Shipment.objects.values()), list(ShipmentLine.objects.values())
    changed = ROWS.replace(";3;", ";4;") + "7;Лайм;01.02.2019;А-1;1;10\n"
    batch = import_path(write(tmp_path, changed), kind="shipments")
    assert (batch.updated, Shipment.objects.get().amount) == (2, Decimal("5012.00"))
    undo(batch)
    assert (list(Shipment.objects.values()), list(ShipmentLine.objects.values())) == before


def test_identical_lines_of_a_document_are_real(tmp_path: Path) -> None:
    import_path(write(tmp_path, ROWS + ROWS.splitlines()[1] + "\n"), kind="shipments")
    assert Shipment.objects.get().lines.count() == 2


def test_order_of_files_does_not_matter_for_names(tmp_path: Path) -> None:
    old = "client_code;client_name;date;number;amount;product_code;product_name\n1;Старое;2019-01-01;1;5;P;Кепка\n"
    new = (
        old.replace("Старое", "Новое").replace("2019-01-01;1", "2019-01-02;2").replace("Кепка", "Кепка синяя")
    )
    for texts in ((old, new), (new, old)):
        Shipment.objects.all().delete()
        Client.objects.all().delete()
        Product.objects.all().delete()
        for number, text in enumerate(texts):
            import_path(write(tmp_path, text, f"{number}.csv"), kind="shipments")
        assert Client.objects.get().name == "Новое"
        assert Product.objects.get().name == "Кепка синяя"


def test_undo_is_refused_when_people_worked_with_the_client(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, ROWS), kind="shipments")
    InteractionFactory(client=Client.objects.get())
    with pytest.raises(UndoError, match="Лайм"):
        undo(batch)
    assert Shipment.objects.exists()


def test_undo_leaves_what_was_there_before(tmp_path: Path) -> None:
    client = ClientFactory(code="7", name="Наш")
    undo(import_path(write(tmp_path, ROWS), kind="shipments"))
    assert list(Client.objects.values_list("pk", "name")) == [(client.pk, "Наш")]


def test_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, ROWS), kind="shipments", dry_run=True)
    assert (batch.accepted, batch.created, Shipment.objects.count()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
        ("noise.csv", bytes(range(32)) * 50),
        ("broken.csv.gz", gzip.compress(b"a;b\n" * 1000)[:40]),
        ("no_column.csv", "Дата;Номер\n01.02.2019;1\n".encode()),
        ("only_header.csv", ROWS.splitlines()[0].encode()),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 500),
    ],
)
def test_hostile_file_ends_with_a_message_and_no_change(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportFileError):
        import_path(path, kind="shipments")
    assert ImportBatch.objects.get().state == "failed"
    assert not Shipment.objects.exists()


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    with pytest.raises(ImportFileError):
        import_path(path, kind="shipments")


def test_command_ends_with_an_error_when_nothing_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_file", str(write(tmp_path, "")), kind="shipments")
