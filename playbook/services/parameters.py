"""Reading the book: what every parameter is worth on a business date (DOMAIN.md 3).

There is no other way to a threshold: the night, the services and the pages all read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from playbook.models import ParameterValue, RegulationVersion
from playbook.parameters import BY_CODE, DEFINITIONS, Definition


class UnknownParameterError(LookupError):
    """A code that stands in no row of the catalogue."""


@dataclass(frozen=True)
class Parameters:
    """Every parameter's value on one day; `parameters["contact.top_months"]`."""

    day: date
    values: Mapping[str, Any]

    def __getitem__(self, code: str) -> Any:
        try:
            return self.values[code]
        except KeyError as error:
            raise UnknownParameterError(code) from error

    def sql(self) -> dict[str, Any]:
        """The values as SQL parameters: `%(contact_top_months)s`; `%(as_of)s` is the day."""
        return {code.replace(".", "_"): value for code, value in self.values.items()} | {"as_of": self.day}


def in_force(day: date) -> Parameters:
    """All values in force on the day: the latest approved version of each regulation (one query).

    A parameter that a version does not carry has the first value of its definition.
    """
    versions = RegulationVersion.objects.in_force(day).values("pk")
    stored = dict(
        ParameterValue.objects.filter(version__in=versions, code__in=BY_CODE).values_list("code", "value")
    )
    return Parameters(day, _typed(stored))


def with_version(version: RegulationVersion, day: date) -> Parameters:
    """All values as they would be on the day if this version were in force: for reading it (two queries)."""
    own = {
        one.code: BY_CODE[one.code].from_json(one.value)
        for one in version.values.all()
        if one.code in BY_CODE
    }
    return Parameters(day, {**in_force(day).values, **own})


def of_version(version: RegulationVersion) -> dict[str, Any]:
    """What each parameter of the version's regulation is worth in it, in the catalogue's order."""
    stored = {one.code: one.value for one in version.values.all()}
    values = _typed(stored)
    return {one.code: values[one.code] for one in of_regulation(version.regulation.code)}


def of_regulation(code: str) -> list[Definition]:
    """The parameters that a regulation sets, in the catalogue's order."""
    return [definition for definition in DEFINITIONS if definition.regulation == code]


def value(code: str, day: date) -> Any:
    """One parameter on one day."""
    return in_force(day)[code]


def _typed(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        one.code: one.from_json(stored[one.code]) if one.code in stored else one.default
        for one in DEFINITIONS
    }
