"""Reading the book: what every parameter is worth on a business date (DOMAIN.md 3).

There is no other way to a threshold: the night, the services and the pages all read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from playbook.models import ParameterValue, RegulationVersion
from playbook.parameters import BY_CODE, DEFINITIONS


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
    values = {
        definition.code: definition.from_json(stored[definition.code])
        if definition.code in stored
        else definition.default
        for definition in DEFINITIONS
    }
    return Parameters(day, values)


def value(code: str, day: date) -> Any:
    """One parameter on one day."""
    return in_force(day)[code]
