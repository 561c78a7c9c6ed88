"""The forms of an import: the file, how it is read, and which column is which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from catalog.ingestion.mapping_presets import presets_of
from catalog.ingestion.reading.times import CHOICES as TIME_FORMATS
from catalog.ingestion.upload_previews import Preview, kind_of
from catalog.models import Catalog, FileImport, Holds
from catalog.models.event_kinds import kinds_of

ENCODINGS = ("utf-8", "gb18030", "utf-16", "windows-1252", "latin-1", "big5", "shift_jis", "euc-kr")
DELIMITERS = {",": ",", ";": ";", "tab": gettext_lazy("tab"), "|": "|"}
FOUND = [("", gettext_lazy("found by itself"))]


def _choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget, **more
    )


class UploadForm(forms.Form):
    catalog = forms.ModelChoiceField(
        Catalog.objects.none(),
        label=gettext_lazy("Catalogue"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "CSV, TSV, Excel (.xlsx), JSON or JSON lines; all but Excel also packed with gzip."
        ),
    )

    def __init__(self, *args: Any, catalogs: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["catalog"].queryset = catalogs  # type: ignore[attr-defined]


class ReadingForm(forms.Form):
    """How the file is read. ``map_…`` has the name in the file of each of our columns."""

    encoding = _choice(gettext_lazy("Encoding"), [*FOUND, *((name, name) for name in ENCODINGS)])
    delimiter = _choice(gettext_lazy("Separator of columns"), [*FOUND, *DELIMITERS.items()])
    columns = forms.CharField(
        label=gettext_lazy("Columns of a file without a header"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("In their order, such as user_id,item_id,timestamp."),
    )
    time_format = _choice(
        gettext_lazy("Times"),
        [("", FOUND[0][1]), *((name, name) for name in TIME_FORMATS if name != "auto")],
    )

    def __init__(self, *args: Any, stored: FileImport, preview: Preview, **options: Any) -> None:
        super().__init__(*args, **options)
        self.holds, self.preview = stored.holds, preview
        presets = [(each.name, each.label) for each in presets_of(stored.holds)]
        self.fields["preset"] = _choice(
            _("Program that wrote the file"),
            [("", _("none: our own columns")), *presets],
            help_text=_("With a program, its columns are known, and the choices below are unused."),
        )
        if stored.holds == Holds.INTERACTIONS:
            self._add_event_fields(stored.catalog)
        for column in kind_of(stored.holds).columns:
            self.fields[f"map_{column}"] = self._column_field(column)
        self.order_fields(["preset"])

    def _add_event_fields(self, catalog: Catalog) -> None:
        self.fields["kind"] = _choice(
            _("Kind of rows that name none"),
            [("", FOUND[0][1]), *((name, name) for name in kinds_of(catalog))],
        )
        self.fields["create_items"] = forms.BooleanField(
            label=_("Unknown items become items without text"),
            required=False,
            widget=UnfoldBooleanSwitchWidget,
        )

    def _column_field(self, column: str) -> forms.ChoiceField:
        guess = self.preview.guesses.get(column)
        names = [(name, name) for name in self.preview.names]
        return _choice(
            column, names if guess else [("", _("not in the file")), *names], initial=guess or ""
        )

    @property
    def reading_fields(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("map_")]

    @property
    def column_fields(self) -> list[Any]:
        return [field for field in self if field.name.startswith("map_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen: dict[str, list[str]] = {}
        for name, value in data.items():
            if name.startswith("map_") and value:
                chosen.setdefault(value, []).append(name.removeprefix("map_"))
        for value, columns in chosen.items():
            if len(columns) > 1:
                text = _("“%(name)s” is chosen for %(columns)s.")
                problem = text % {"name": value, "columns": ", ".join(columns)}
                self.add_error(f"map_{columns[1]}", problem)
        return data

    def options(self) -> dict[str, Any]:
        """The choices as `FileImport.options` stores them."""
        data = self.cleaned_data
        names = [name.strip() for name in data["columns"].split(",") if name.strip()]
        mapping = {
            name.removeprefix("map_"): value
            for name, value in data.items()
            if name.startswith("map_") and value
        }
        found = {
            "encoding": data["encoding"],
            "delimiter": data["delimiter"],
            "columns": names,
            "time_format": data["time_format"],
            # Columns that are named are in our words already; JSON needs only what is renamed.
            "mapping": {} if names or data["preset"] else self._needed(mapping),
            "kind": data.get("kind", ""),
            "create_items": data.get("create_items", False),
        }
        return {name: value for name, value in found.items() if value}

    def _needed(self, mapping: dict[str, str]) -> dict[str, str]:
        """Without what the reader finds by itself."""
        return {
            column: name
            for column, name in mapping.items()
            if self.preview.guesses.get(column) != name
        }


def initial_of(stored: FileImport, preview: Preview) -> dict[str, Any]:
    """What the form shows: the remembered choices, as far as the file has their columns."""
    chosen = dict(stored.options)
    mapping = {**preview.guesses, **chosen.pop("mapping", {})}
    columns = ",".join(chosen.pop("columns", []))
    mapped = {f"map_{column}": name for column, name in mapping.items() if name in preview.names}
    return {**chosen, **mapped, "columns": columns, "preset": stored.preset}
