"""A register of clients comes in: made, completed, moved to managers; twice is once; undone exactly."""

from pathlib import Path
from typing import Any

import pytest

from clients.imports.service import import_path, undo
from clients.imports.undoing import UndoError
from clients.models import Client, ClientChange, Contact, ContactChange, ImportBatch, LegalEntity, Move
from playbook.models import OldType, Segment
from salesdept.models import Office, User
from salesdept.roles import Role
from tests.clients.imports.test_files import write
from tests.factories import ClientFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = "Код;Наименование;Юр. лицо;ИНН;КПП;Город;Сегмент;Направление;Офис;Менеджер;Контактное лицо;Должность;Телефон;E-mail\n"
LIME = (
    "7;Лайм;ООО «Лайм»;7707083893;770701001;Тверь;{segment};промо;СПб;Королёва А.;Ирина Соболева;закупщик;"
    "8 (812) 334-18-06, доб. 2;Irina@lime.example\n"
)
BARE = "8;Сокол;;;;;;;;;;;;\n"


@pytest.fixture
def office(db: Any) -> Office:
    return Office.objects.create(code="spb", name="Санкт-Петербург", short_name="СПб")


@pytest.fixture
def manager(office: Office) -> User:
    return UserFactory(office=office, first_name="Анна", last_name="Королёва", email="anna@abc.example")


@pytest.fixture
def register(tmp_path: Path, manager: User, segment: Segment) -> Path:
    return write(tmp_path, HEAD + LIME.format(segment="испытательный") + BARE, "clients.csv")


def rows() -> list[Any]:
    """Everything that an import of clients may write, except the columns that count up."""
    found: list[Any] = []
    for model in (Client, LegalEntity, Contact, Move):
        found += list(model.objects.order_by("pk").values())
    return found


def test_clients_come_in_with_all_that_the_file_knows(
    register: Path, manager: User, segment: Segment
) -> None:
    batch = import_path(register, kind="clients", user=manager)
    assert (batch.read, batch.accepted, batch.created, batch.updated) == (2, 2, 2, 0)
    lime = Client.objects.get(code="7")
    assert (lime.name, lime.city, lime.direction, lime.segment, lime.office) == (
        "Лайм",
        "Тверь",
        "promo",
        segment,
        manager.office,
    )
    assert (lime.home_manager, lime.in_work_with) == (manager, manager)
    entity = lime.legal_entities.get()
    assert (entity.name, entity.inn, entity.kpp) == ("ООО «Лайм»", "7707083893", "770701001")
    contact = lime.contacts.get()
    assert (contact.name, contact.position, contact.phone, contact.email, contact.is_main) == (
        "Ирина Соболева",
        "закупщик",
        "+78123341806",
        "irina@lime.example",
        True,
    )
    moves = Move.objects.filter(client=lime).order_by("field")
    assert [(m.field, m.from_user, m.to_user, m.reason, m.made_by) for m in moves] == [
        ("home", None, manager, "import", manager),
        ("work", None, manager, "import", manager),
    ]
    sokol = Client.objects.get(code="8")
    assert (sokol.direction, sokol.home_manager, sokol.contacts.count()) == ("unidentified", None, 0)


def test_same_file_twice_changes_nothing(register: Path) -> None:
    import_path(register, kind="clients")
    before = rows()
    again = import_path(register, kind="clients")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert rows() == before
    assert not again.changes.exists()


def test_undo_leaves_the_base_as_it_was(register: Path) -> None:
    client = ClientFactory(code="7", name="Старое имя", city="Псков", name_key="2019|1|1")
    ContactFactory(client=client, name="ирина соболева", phone="", email="", is_main=True)
    LegalEntity.objects.create(client=client, name="Лайм", inn="7707083893")
    before = rows()
    batch = import_path(register, kind="clients")
    assert (batch.created, batch.updated) == (1, 1)
    client.refresh_from_db()
    assert (client.name, client.name_key, client.contacts.get().phone) == ("Лайм", "", "+78123341806")
    assert client.legal_entities.get().kpp == "770701001"
    undo(batch)
    assert rows() == before
    assert batch.changes.count() == 0


def test_undo_of_a_first_import_leaves_nothing_at_all(register: Path) -> None:
    undo(import_path(register, kind="clients"))
    assert rows() == []
    assert not ClientChange.objects.exists()
    assert not ContactChange.objects.exists()


def test_empty_cells_erase_nothing(tmp_path: Path, register: Path) -> None:
    import_path(register, kind="clients")
    before = rows()
    bare = write(tmp_path, HEAD + "7;Лайм;;;;;;;;;;;;\n", "bare.csv")
    assert import_path(bare, kind="clients").unchanged == 1
    assert rows() == before


def test_a_client_in_other_hands_keeps_them_when_the_home_manager_changes(
    tmp_path: Path, manager: User, segment: Segment
) -> None:
    old, developer = UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = ClientFactory(code="7", name="Лайм", home_manager=old, in_work_with=developer)
    import_path(write(tmp_path, HEAD + LIME.format(segment="")), kind="clients")
    client.refresh_from_db()
    assert (client.home_manager, client.in_work_with) == (manager, developer)
    assert [(m.field, m.from_user) for m in Move.objects.all()] == [("home", old)]


def test_an_old_type_names_the_segment_it_went_to(tmp_path: Path, manager: User, segment: Segment) -> None:
    old = OldType.objects.create(name="Рекламщик", segment=segment)
    import_path(write(tmp_path, HEAD + LIME.format(segment="рекламщик")), kind="clients")
    client = Client.objects.get()
    assert (client.segment, client.old_type) == (segment, old)


BAD = [
    (";Без кода", "Код", "нет кода клиента"),
    ("9;", "Наименование", "нет названия"),
    ("9;А;;7707083890", "ИНН", "неверный ИНН"),
    ("9;А;;;770701001", "КПП", "КПП без ИНН"),
    ("9;А;;7707083893;77", "КПП", "неверный КПП"),
    ("9;А;;;;;Марсиане", "Сегмент", "такого сегмента нет"),
    ("9;А;;;;;;космос", "Направление", "такого направления нет"),
    ("9;А;;;;;;;Луна", "Офис", "такого офиса нет"),
    ("9;А;;;;;;;;Никто Н.", "Менеджер", "такого менеджера нет"),
    ("9;А;;;;;;;;;Ирина;;12", "Телефон", "это не номер телефона"),
    ("9;А;;;;;;;;;Ирина;;;ирина", "E-mail", "это не адрес электронной почты"),
    ("9;" + "А" * 256, "Наименование", "слишком длинный текст"),
    ("7;Ещё один Лайм", "Код", "этот клиент уже есть в файле выше"),
    ("9;А;;7707083893;770701001", "ИНН", "этот ИНН у другого клиента"),
    ("9;А;;7707083893", "ИНН", "этот ИНН у другого клиента"),
    ("9;А;;;;;;;;;;;;;лишнее", "", "в строке больше ячеек, чем в заголовке"),
    ("9;А\0", "Наименование", "часть знаков не читается"),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD)
def test_bad_row_is_rejected_with_number_column_and_reason(
    tmp_path: Path, manager: User, segment: Segment, row: str, column: str, reason: str
) -> None:
    path = write(tmp_path, HEAD + LIME.format(segment="") + row + "\n")
    batch = import_path(path, kind="clients")
    assert (batch.read, batch.accepted, batch.rejected) == (2, 1, 1)
    line = Path(batch.rejects_path).read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.split(";")[:3] == ["3", column, reason]
    again = import_path(path, kind="clients")
    assert (again.accepted, again.rejected, again.created, again.updated) == (1, 1, 0, 0)


def test_zeros_that_a_spreadsheet_ate_are_put_back(tmp_path: Path) -> None:
    text = "Код;Наименование;ИНН;КПП\n1;А;105000537;10501001\n"
    import_path(write(tmp_path, text), kind="clients")
    entity = LegalEntity.objects.get()
    assert (entity.inn, entity.kpp) == ("0105000537", "010501001")


def test_contacts_come_in_many_to_a_client(tmp_path: Path, register: Path) -> None:
    import_path(register, kind="clients")
    before = rows()
    path = write(
        tmp_path,
        "Код клиента;ФИО;Телефон;Почта\n7;Олег Ан;+7 495 111-22-33;\n7;ирина соболева;;new@lime.example\n"
        "7;;+7 812 000-00-01;\n9;Никто;;a@b.example\n7;Олег Ан;;\n7;;;\n",
        "contacts.csv",
    )
    batch = import_path(path, kind="contacts")
    assert (batch.read, batch.created, batch.updated, batch.rejected) == (6, 2, 1, 3)
    lime = Client.objects.get(code="7")
    assert set(lime.contacts.values_list("name", flat=True)) == {
        "Ирина Соболева",
        "Олег Ан",
        "Контакт без имени",
    }
    assert lime.contacts.filter(is_main=True).count() == 1
    again = import_path(path, kind="contacts")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    undo(batch)
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_undo_is_refused_after_a_person_changed_a_client(tmp_path: Path) -> None:
    batch = import_path(write(tmp_path, "Код;Наименование\n1;А\n2;Б\n"), kind="clients")
    Client.objects.filter(code="2").update(city="Тула")
    with pytest.raises(UndoError, match="2 — Б"):
        undo(ImportBatch.objects.get(pk=batch.pk))
    assert Client.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_imports_are_undone_from_the_last_one_back(tmp_path: Path) -> None:
    first = import_path(write(tmp_path, "Код;Наименование\n1;А\n"), kind="clients")
    second = import_path(write(tmp_path, "Код;Наименование;Город\n1;А;Тула\n"), kind="clients")
    with pytest.raises(UndoError, match=str(second.pk)):
        undo(ImportBatch.objects.get(pk=first.pk))
    undo(ImportBatch.objects.get(pk=second.pk))
    assert Client.objects.get().city == ""
    undo(ImportBatch.objects.get(pk=first.pk))
    assert not Client.objects.exists()
