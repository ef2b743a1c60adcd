"""What can be imported: the fields of each kind, their usual headings, and who checks and applies it.

An app on the right registers its kind in its AppConfig (see `register`); the importer knows only this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.imports.errors import ImportFileError
from clients.imports.readers import normal

_PLACE = re.compile(r"^#(\d{1,3})$")


@dataclass(frozen=True)
class Field:
    """A field of ours, its name for people and the headings it usually has in files.

    A text longer than `limit` characters is rejected, never cut; 0 where another rule reads the text.
    """

    name: str
    label: Any
    headings: tuple[str, ...]
    limit: int = 255


@dataclass(frozen=True)
class Kind:
    """A kind of file. `rules` is the dotted path of its module: `check(run)`, `apply(run)`, `undo(batch)`.

    `needs` is a tuple of alternatives: at least one set of fields must be mapped. `makes_clients` says whether
    clients unknown so far may be created from it.
    """

    name: str
    label: Any
    fields: tuple[Field, ...]
    needs: tuple[frozenset[str], ...]
    rules: str
    makes_clients: bool = False

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(field for field in self.fields if field.name == name)


_REGISTRY: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind importable."""
    _REGISTRY[kind.name] = kind


def get(name: str) -> Kind:
    """The kind of that name; ImportFileError when there is none."""
    if name not in _REGISTRY:
        raise ImportFileError(_("Unknown kind of file: %(name)s.") % {"name": name})
    return _REGISTRY[name]


def names() -> list[str]:
    """Every registered kind."""
    return sorted(_REGISTRY)


def choices() -> list[tuple[str, Any]]:
    """Kinds as a form offers them, in the order of their registration."""
    return [(kind.name, kind.label) for kind in _REGISTRY.values()]


def known_headings(kind: Kind, mapping: dict[str, str] | None) -> set[str]:
    """Normal forms of headings by which the header row is found."""
    known = {normal(heading) for field in kind.fields for heading in (field.name, *field.headings)}
    named = (column for column in (mapping or {}).values() if column and not _PLACE.match(column))
    return known | {normal(column) for column in named}


def columns(kind: Kind, header: list[str], mapping: dict[str, str] | None) -> dict[str, int]:
    """Field → column index: by hand where `mapping` says, else by the usual headings.

    A column of the mapping is a heading, or its place in the file: "#3" is the third one; an empty one says that
    the field is not to be read even where a heading fits.
    Raises ImportFileError for a column the file lacks or when a needed field is found nowhere.
    """
    unknown = set(mapping or {}) - {field.name for field in kind.fields}
    if unknown:
        raise ImportFileError(_("Unknown field in the mapping: %(name)s.") % {"name": sorted(unknown)[0]})
    by_hand = mapping or {}
    found = {name: _place(header, column) for name, column in by_hand.items() if column}
    for name, index in guess(kind, header).items():
        if name not in by_hand and index not in found.values():
            found[name] = index
    if not any(need <= set(found) for need in kind.needs):
        raise ImportFileError(_lacking(kind, header, set(found)))
    return found


def guess(kind: Kind, header: list[str]) -> dict[str, int]:
    """Field → column index by the usual headings alone."""
    places = _places(header)
    found: dict[str, int] = {}
    for field in kind.fields:
        for heading in (field.name, *field.headings):
            index = places.get(normal(heading))
            if field.name not in found and index is not None and index not in found.values():
                found[field.name] = index
    return found


def _places(header: list[str]) -> dict[str, int]:
    return {normal(cell): index for index, cell in reversed(list(enumerate(header))) if cell}


def _place(header: list[str], column: str) -> int:
    places = _places(header)
    if normal(column) in places and not _PLACE.match(column):
        return places[normal(column)]
    by_place = _PLACE.match(column)
    if by_place and 0 < int(by_place[1]) <= len(header):
        return int(by_place[1]) - 1
    raise ImportFileError(_("The file has no column “%(column)s”.") % {"column": column})


def _lacking(kind: Kind, header: list[str], found: set[str]) -> str:
    lacking = min((need - found for need in kind.needs), key=len)
    names = [str(field.label) for field in kind.fields if field.name in lacking]
    return _("No column was found for: %(fields)s. The file has: %(columns)s.") % {
        "fields": ", ".join(names),
        "columns": ", ".join(cell for cell in header if cell)[:500] or "—",
    }


SHIPMENTS = Kind(
    "shipments",
    gettext_lazy("Shipments"),
    (
        Field(
            "client_code",
            gettext_lazy("client code"),
            ("код клиента", "клиент код", "код контрагента", "customerid", "customer id", "client"),
            limit=64,
        ),
        Field(
            "client_name",
            gettext_lazy("client name"),
            ("клиент", "контрагент", "наименование клиента", "покупатель", "customer"),
        ),
        Field(
            "date",
            gettext_lazy("date"),
            ("дата", "дата отгрузки", "дата документа", "invoicedate", "invoice date"),
            limit=0,
        ),
        Field(
            "number",
            gettext_lazy("document number"),
            ("номер", "номер документа", "№", "документ", "invoiceno", "invoice no", "invoice"),
            limit=64,
        ),
        Field(
            "amount",
            gettext_lazy("amount"),
            ("сумма", "сумма, руб", "стоимость", "выручка", "total"),
            limit=0,
        ),
        Field("quantity", gettext_lazy("quantity"), ("количество", "кол-во", "qty"), limit=0),
        Field("price", gettext_lazy("price"), ("цена", "unitprice", "unit price"), limit=0),
        Field(
            "product_code",
            gettext_lazy("product code"),
            ("код товара", "артикул", "код номенклатуры", "stockcode", "sku"),
            limit=64,
        ),
        Field(
            "product_name",
            gettext_lazy("product name"),
            ("товар", "номенклатура", "наименование товара", "description"),
        ),
        Field(
            "category",
            gettext_lazy("category"),
            ("категория", "группа", "товарная группа", "номенклатурная группа"),
            limit=150,
        ),
        Field("direction", gettext_lazy("direction"), ("направление",)),
        Field("branch", gettext_lazy("office"), ("филиал", "офис", "подразделение")),
        Field("manager", gettext_lazy("manager"), ("менеджер", "ответственный")),
    ),
    (
        frozenset({"client_code", "date", "number", "amount"}),
        frozenset({"client_code", "date", "number", "quantity", "price"}),
    ),
    "clients.imports.shipments",
    makes_clients=True,
)
CLIENTS = Kind(
    "clients",
    gettext_lazy("Clients"),
    (
        Field(
            "code",
            gettext_lazy("client code"),
            ("код", "код клиента", "код контрагента", "код 1с", "client_code"),
            limit=64,
        ),
        Field(
            "name",
            gettext_lazy("name"),
            (
                "наименование",
                "название",
                "клиент",
                "контрагент",
                "наименование клиента",
                "client_name",
                "холдинг",
            ),
        ),
        Field(
            "legal_name",
            gettext_lazy("legal entity"),
            ("юридическое лицо", "юр лицо", "юрлицо", "полное наименование", "наименование полное"),
        ),
        Field("inn", gettext_lazy("INN"), ("инн",), limit=0),
        Field("kpp", gettext_lazy("KPP"), ("кпп",), limit=0),
        Field("city", gettext_lazy("city"), ("город", "населенный пункт"), limit=100),
        Field("segment", gettext_lazy("segment"), ("сегмент", "тип", "тип клиента", "вид клиента")),
        Field("direction", gettext_lazy("direction"), ("направление",)),
        Field("branch", gettext_lazy("office"), ("офис", "филиал", "подразделение", "office")),
        Field(
            "manager",
            gettext_lazy("home manager"),
            ("менеджер", "ответственный", "основной менеджер", "закрепленный менеджер"),
        ),
        Field(
            "contact",
            gettext_lazy("contact"),
            ("контактное лицо", "контакт", "фио", "фио контакта"),
            limit=200,
        ),
        Field("position", gettext_lazy("position"), ("должность",), limit=150),
        Field("phone", gettext_lazy("phone"), ("телефон", "тел", "контактный телефон", "мобильный"), limit=0),
        Field(
            "email", gettext_lazy("e-mail"), ("почта", "электронная почта", "эл почта", "e-mail"), limit=254
        ),
    ),
    (frozenset({"code", "name"}),),
    "clients.imports.client_rows",
)
CONTACTS = Kind(
    "contacts",
    gettext_lazy("Contacts"),
    (
        Field(
            "client_code",
            gettext_lazy("client code"),
            ("код клиента", "код", "код контрагента", "code"),
            limit=64,
        ),
        Field(
            "contact",
            gettext_lazy("contact"),
            ("контактное лицо", "контакт", "фио", "имя", "фио контакта", "name"),
            limit=200,
        ),
        Field("position", gettext_lazy("position"), ("должность",), limit=150),
        Field("phone", gettext_lazy("phone"), ("телефон", "тел", "контактный телефон", "мобильный"), limit=0),
        Field(
            "email", gettext_lazy("e-mail"), ("почта", "электронная почта", "эл почта", "e-mail"), limit=254
        ),
    ),
    (
        frozenset({"client_code", "contact"}),
        frozenset({"client_code", "phone"}),
        frozenset({"client_code", "email"}),
    ),
    "clients.imports.contact_rows",
)
for _kind in (SHIPMENTS, CLIENTS, CONTACTS):
    register(_kind)
