"""Forms that know which columns they change, so that only those are written."""

from __future__ import annotations

from typing import Any

from django import forms


class ChangesMixin(forms.ModelForm):
    """Remembers the instance's values before the form touched it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = {name: self._value(name) for name in self._columns()}

    def _columns(self) -> list[str]:
        own = {field.name for field in self.instance._meta.concrete_fields}
        return [name for name in self.fields if name in own]

    def _value(self, name: str) -> Any:
        return getattr(self.instance, self.instance._meta.get_field(name).attname)

    def changed_columns(self) -> list[str]:
        """Columns whose value differs from what it was; call it on a valid form."""
        return [name for name in self._before if self._value(name) != self._before[name]]
