"""Forms of an import: the file, and which of its columns is what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.imports import kinds
from clients.imports.errors import ImportFileError

MAX_UPLOAD = 1024**3  # bytes
SHOWN_VALUES = 3


class UploadForm(forms.Form):
    """A file and what it holds."""

    kind = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("csv, csv.gz or xlsx; windows-1251 or UTF-8; any order of columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,.xlsx,.txt"}),
    )
    unknown_clients = forms.ChoiceField(
        label=_("Clients that are not in the base"),
        choices=(("create", _("create them")), ("reject", _("reject their rows"))),
        help_text=_("Only shipments create clients; other files reject unknown ones."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = kinds.choices()

    def clean_unknown_clients(self) -> str:
        """Created when nothing was said."""
        return str(self.cleaned_data["unknown_clients"] or "create")

    def clean_file(self) -> UploadedFile:
        """A file of bearable size."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 1 GB: pack it (csv.gz) or split it."))
        return file


@dataclass(frozen=True)
class FileColumn:
    """A column of the file beside the field of the form that says what it is."""

    heading: str
    values: list[str]
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """Which of our fields each column of the file is; every column is offered, most are guessed already."""

    def __init__(
        self,
        *args: Any,
        kind: kinds.Kind,
        header: list[str],
        rows: list[list[str]],
        places: dict[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.header, self.rows = kind, header, rows
        guessed = {index: name for name, index in places.items()}
        choices = [("", _("— do not read —")), *((field.name, field.label) for field in kind.fields)]
        for index, heading in enumerate(header):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                initial=guessed.get(index, ""),
                label=heading or _("column %(n)s") % {"n": index + 1},
            )

    def columns(self) -> list[FileColumn]:
        """The columns as the page shows them."""
        return [
            FileColumn(
                heading,
                list(dict.fromkeys(row[index] for row in self.rows if index < len(row) and row[index]))[
                    :SHOWN_VALUES
                ],
                self[f"column-{index}"],
            )
            for index, heading in enumerate(self.header)
        ]

    def clean(self) -> dict[str, Any]:
        """One column for a field, and all the fields the kind needs."""
        data = super().clean() or self.cleaned_data
        mapping = {field.name: "" for field in self.kind.fields}
        for index in range(len(self.header)):
            name = data.get(f"column-{index}", "")
            if not name:
                continue
            if mapping[name]:
                label = self.kind.field(name).label
                self.add_error(
                    f"column-{index}",
                    _("“%(field)s” is taken from another column already.") % {"field": label},
                )
            mapping[name] = f"#{index + 1}"
        self.mapping = mapping
        if not self.errors:
            try:
                kinds.columns(self.kind, self.header, mapping)
            except ImportFileError as error:
                self.add_error(None, str(error))
        return data
