"""Files as people have them, and files as they should not be."""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

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


def long_sheet() -> bytes:
    """An xlsx whose sheet has more rows than are read; only the parts that are looked at."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(200_002))
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    return target.getvalue()


def zip_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    return target.getvalue()


NOT_A_TABLE = "Это не таблица: внутри файла что-то другое."
ENCODING = "Не удалось определить кодировку файла: сохраните его в UTF-8 или windows-1251."
TOO_MUCH = "Архив распаковывается в слишком большой объём данных, поэтому он не принят."
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.csv": (lambda: b"", "Файл пуст."),
    "picture.xlsx": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, NOT_A_TABLE),
    "noise.csv": (lambda: bytes(range(32)) * 50, NOT_A_TABLE),
    "nul.csv": (lambda: ROWS.encode("utf-16-le"), NOT_A_TABLE),
    "koi8.csv": (lambda: (ROWS * 5).encode("koi8-r"), ENCODING),
    "dos.csv": (lambda: ROWS.encode("cp866"), ENCODING),
    "broken.csv.gz": (lambda: gzip.compress(b"a;b\n" * 1000)[:40], "Архив повреждён."),
    "bomb.csv.gz": (lambda: gzip.compress(b"a;b\n" * 20_000_000, 1), TOO_MUCH),
    "bomb.xlsx": (zip_bomb, TOO_MUCH),
    "long.xlsx": (
        long_sheet,
        "В таблице больше 200\u00a0000 строк: сохраните её в формате csv и загрузите этот файл.",
    ),
    "no_column.csv": (
        lambda: "Дата;Номер\n01.02.2019;1\n".encode(),
        "Не найден столбец для поля: код клиента, сумма. В файле есть: Дата, Номер.",
    ),
    "only_header.csv": (
        lambda: ROWS.splitlines()[0].encode(),
        "В файле есть заголовок, но нет ни одной строки.",
    ),
    "old.xls": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 500, "Это файл старого Excel (.xls)"),
    "huge_field.csv": (
        lambda: (ROWS + "7;" + "x" * 2_000_000).encode(),
        "проверьте, нет ли там незакрытой кавычки",
    ),
    "open_quote.csv": (lambda: (ROWS + '7;"Лайм;' + ROWS * 80).encode(), "около строки 3"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_ends_with_a_message_in_russian_and_no_change(tmp_path: Path, name: str) -> None:
    make, message = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("import_file", str(path), kind="shipments")
    failed = ImportBatch.objects.get()
    assert failed.state == "failed"
    assert message in failed.error
    assert not Shipment.objects.exists()
    assert not Client.objects.exists()


def test_bad_rows_say_why_in_russian_and_none_is_lost(tmp_path: Path) -> None:
    later = (today() + timedelta(days=2)).isoformat()
    bad = {
        f"7;;{later};Б-1;1;1": "дата в будущем",
        "7;;32.01.2019;Б-2;1;1": "нет даты, или это не дата",
        "7;;01.02.2019;;1;1": "нет номера документа",
        "7;;01.02.2019;Б-3;1e5;1": "это не число",
        "7;;01.02.2019;Б-4;1;много": "это не число",
        "7;;01.02.2019;Б-5;999999999999;999999999999": "слишком большое число",
        "8;;01.02.2019;А-1;1;1": "в этом файле документ уже записан на другого клиента",
        "7;;01.02.2019;Б-6;1;1;;;хвост": "в строке больше ячеек, чем в заголовке",
        "7;Ла\0йм;01.02.2019;Б-7;1;1": "часть знаков не читается",
        "7;" + "я" * 300 + ";01.02.2019;Б-8;1;1": "слишком длинный текст",
        "7": "нет номера документа",
        " ;;;;;": "",
        "=1+1;;вчера;;;": "нет номера документа",
    }
    batch = import_path(write(tmp_path, ROWS + "\n".join(bad)), kind="shipments")
    reasons = [reason for reason in bad.values() if reason]
    assert (batch.read, batch.accepted, batch.rejected) == (len(reasons) + 1, 1, len(reasons))
    with open(batch.rejects_path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    assert [row[2] for row in rows] == reasons
    assert all(row[0].isdigit() for row in rows)
    assert rows[-1][3] == "'=1+1"


def test_rejected_rows_can_be_mended_and_sent_again(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, ROWS + ";Сокол;01.02.2019;А-2;-2;10\n"), kind="shipments")
    text = Path(batch.rejects_path).read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    place = lines[0].split(";").index("Код клиента")
    cells = lines[1].split(";")
    cells[place] = "9"
    again = import_path(
        write(tmp_path, lines[0] + "\n" + ";".join(cells) + "\n", "again.csv"), kind="shipments"
    )
    assert (again.accepted, again.created) == (1, 1)
    assert Shipment.objects.get(number="А-2").amount == Decimal("-20.00")


def test_json_of_the_command_has_the_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ROWS + ";;01.02.2019;А-2;1;1\n")
    call_command("import_file", str(path), kind="shipments", format="json")
    report = json.loads(capsys.readouterr().out)
    assert list(report) == [
        "id",
        "read",
        "accepted",
        "rejected",
        "unchanged",
        "created",
        "updated",
        "rejects_path",
    ]
    assert (report["read"], report["accepted"], report["rejected"]) == (2, 1, 1)
    assert Path(report["rejects_path"]).exists()
