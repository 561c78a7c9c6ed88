"""The weights of the event kinds as one number input each, instead of raw JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from catalog.models.event_kinds import NEGATIVE_KINDS, Kind, validate_weights


class WeightsWidget(forms.Widget):
    """One labelled number input for each kind, named ``<name>_<kind>``."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        rows = [
            {
                "kind": kind,
                "id": f"id_{name}_{kind.value}",
                "input": self._input(name, kind, (value or {}).get(kind.value, "")),
                "is_negative": kind in NEGATIVE_KINDS,
            }
            for kind in Kind
        ]
        return render_to_string("admin/catalog/weights.html", {"rows": rows})

    @staticmethod
    def _input(name: str, kind: Kind, value: Any) -> SafeString:
        attrs = {"id": f"id_{name}_{kind.value}", "min": "0", "max": "10", "step": "any"}
        return UnfoldAdminDecimalFieldWidget(attrs={"class": "lt-number"}).render(
            f"{name}_{kind.value}", value, attrs
        )

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {kind.value: str(data.get(f"{name}_{kind.value}", "")).strip() for kind in Kind}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{kind.value}" not in data for kind in Kind)

    def id_for_label(self, id_: str | None) -> str:
        return ""


class WeightsField(forms.Field):
    """Cleans to ``{kind: weight}``. An error names the kind and the typed value."""

    widget = WeightsWidget

    def clean(self, value: Mapping[str, Any]) -> dict[str, float]:
        table = {kind: self._number(kind, text) for kind, text in value.items()}
        validate_weights(table)
        return table

    @staticmethod
    def _number(kind: str, text: Any) -> float:
        try:
            return float(text)
        except ValueError as error:
            raise ValidationError(
                _("The weight of “%(kind)s” is “%(text)s”. It must be a number from 0 to 10."),
                params={"kind": kind, "text": text},
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return dict(initial or {}) != self.clean(data)
        except ValidationError:
            return True
