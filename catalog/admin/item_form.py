"""The form of one item."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from catalog.models import Catalog
from catalog.validation.attribute_values import typed_attributes
from catalog.validation.field_readers import BadField
from catalog.validation.shop_fields import check_window
from config.text_forms import plain_text


class ItemForm(forms.ModelForm):
    def clean_catalog(self) -> Catalog:
        """An item stays in its catalogue, because its people and categories are there."""
        catalog = self.cleaned_data["catalog"]
        if self.instance.pk and catalog.pk != self.initial.get("catalog"):
            raise forms.ValidationError(_("An item cannot move to another catalogue."))
        return catalog

    def clean_title(self) -> str:
        return plain_text(self.cleaned_data["title"])

    def clean_description(self) -> str:
        return plain_text(self.cleaned_data["description"])

    def clean_provider(self) -> str:
        return plain_text(self.cleaned_data["provider"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            check_window(values.get("available_from"), values.get("available_until"))
        except BadField as error:
            self.add_error(error.field, error.reason)
        own = self.instance.catalog if self.instance.catalog_id else None
        catalog = values.get("catalog") or own
        if catalog is not None and isinstance(values.get("attributes"), dict):
            try:
                values["attributes"] = typed_attributes(
                    values["attributes"], catalog.attribute_schema
                )
            except BadField as error:
                self.add_error("attributes", f"{error.field}: “{error.value}” {error.reason}")
        return values
