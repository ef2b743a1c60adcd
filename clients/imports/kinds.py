"""What can be imported: the fields of each kind, their usual headings, and who checks and applies it.

An app on the right registers its kind in its AppConfig (see `register`); the importer knows only this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.imports.readers import ImportFileError, normal


@dataclass(frozen=True)
class Field:
    """A field of ours and the headings it usually has in files."""

    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of file. `rules` is the dotted path of its module: `check(run)`, `apply(run)`, `undo(run)`.

    `needs` is a tuple of alternatives: at least one set of fields must be mapped.
    """

    name: str
    fields: tuple[Field, ...]
    needs: tuple[frozenset[str], ...]
    rules: str


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


def known_headings(kind: Kind, mapping: dict[str, str] | None) -> set[str]:
    """Normal forms of headings by which the header row is found."""
    known = {normal(heading) for field in kind.fields for heading in (field.name, *field.headings)}
    return known | {normal(column) for column in (mapping or {}).values()}


def columns(kind: Kind, header: list[str], mapping: dict[str, str] | None) -> dict[str, int]:
    """Field → column index: by hand where `mapping` says, else by the usual headings.

    Raises ImportFileError for a column the file lacks or when a needed field is found nowhere.
    """
    places = {normal(cell): index for index, cell in reversed(list(enumerate(header))) if cell}
    found: dict[str, int] = {}
    for name, column in (mapping or {}).items():
        if normal(column) not in places:
            raise ImportFileError(_("The file has no column “%(column)s”.") % {"column": column})
        found[name] = places[normal(column)]
    for field in kind.fields:
        for heading in (field.name, *field.headings):
            if (
                field.name not in found
                and normal(heading) in places
                and places[normal(heading)] not in found.values()
            ):
                found[field.name] = places[normal(heading)]
    unknown = set(found) - {field.name for field in kind.fields}
    if unknown:
        raise ImportFileError(_("Unknown field in the mapping: %(name)s.") % {"name": sorted(unknown)[0]})
    if not any(need <= set(found) for need in kind.needs):
        lacking = min((need - set(found) for need in kind.needs), key=len)
        raise ImportFileError(
            _("No column was found for: %(fields)s. The file has: %(columns)s.")
            % {
                "fields": ", ".join(sorted(lacking)),
                "columns": ", ".join(cell for cell in header if cell)[:500],
            }
        )
    return found


SHIPMENTS = Kind(
    "shipments",
    (
        Field(
            "client_code",
            ("код клиента", "клиент код", "код контрагента", "customerid", "customer id", "client"),
        ),
        Field("client_name", ("клиент", "контрагент", "наименование клиента", "покупатель", "customer")),
        Field("date", ("дата", "дата отгрузки", "дата документа", "invoicedate", "invoice date")),
        Field("number", ("номер", "номер документа", "№", "документ", "invoiceno", "invoice no", "invoice")),
        Field("amount", ("сумма", "сумма, руб", "стоимость", "выручка", "total")),
        Field("quantity", ("количество", "кол-во", "qty")),
        Field("price", ("цена", "unitprice", "unit price")),
        Field("product_code", ("код товара", "артикул", "код номенклатуры", "stockcode", "sku")),
        Field("product_name", ("товар", "номенклатура", "наименование товара", "description")),
        Field("category", ("категория", "группа", "товарная группа", "номенклатурная группа")),
        Field("direction", ("направление",)),
        Field("branch", ("филиал", "офис", "подразделение")),
        Field("manager", ("менеджер", "ответственный")),
    ),
    (
        frozenset({"client_code", "date", "number", "amount"}),
        frozenset({"client_code", "date", "number", "quantity", "price"}),
    ),
    "clients.imports.shipments",
)
register(SHIPMENTS)
