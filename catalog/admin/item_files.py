"""Items from and to small files in the browser. Big files need ``manage.py import_items``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources
from import_export.forms import ConfirmImportForm
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.ingestion.bulk_writes import upsert_items
from catalog.models import Catalog, Item
from catalog.validation.row_parsing import RowError
from catalog.validation.shop_fields import EMPTY as SHOP_FIELDS

#: The preview shows every row with its changes. More rows than this cannot be read by a person.
MAX_ROWS = 2_000
COLUMNS = (
    "item_id",
    "title",
    "description",
    "categories",
    "provider",
    "language",
    "attributes",
    "available",
    "created_at",
    *SHOP_FIELDS,
)


class _Computed(fields.Field):
    """A column computed from a stored item. `upsert_items` reads the value of a file."""

    def __init__(self, read: Callable[[Item], str], column_name: str) -> None:
        super().__init__(attribute=column_name, column_name=column_name)
        self.read = read

    def get_value(self, instance: Item) -> str:
        return self.read(instance) if instance.pk else ""


def _categories(item: Item) -> str:
    """The categories as `_items` read them; the preview's copies would query them again."""
    return item.__dict__.get("categories_read", "|".join(item.category_names))


def _attributes(item: Item) -> str:
    return json.dumps(item.attributes, ensure_ascii=False) if item.attributes else ""


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


class ItemResource(resources.ModelResource):
    """The columns of ``import_items``.

    `upsert_items` writes the whole file at once; the rest of this class makes the preview.
    """

    item_id = fields.Field(attribute="external_id", column_name="item_id")
    categories = _Computed(_categories, "categories")
    attributes = _Computed(_attributes, "attributes")
    created_at = _Computed(lambda item: item.created_at.isoformat(), "created_at")
    available_from = _Computed(lambda item: _time(item.available_from), "available_from")
    available_until = _Computed(lambda item: _time(item.available_until), "available_until")

    class Meta:
        model = Item
        fields = COLUMNS
        export_order = COLUMNS
        import_order = COLUMNS
        import_id_fields = ("item_id",)
        use_transactions = True

    def __init__(self, catalog: Catalog | None = None) -> None:
        super().__init__()
        self.catalog = catalog
        self.before: dict[str, Item] = {}
        self.after: dict[str, Item] = {}
        self.errors: dict[int, RowError] = {}

    def get_queryset(self) -> QuerySet[Item]:
        return Item.objects.prefetch_related("item_categories__category")

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        if problem := _problem(dataset):
            del dataset[:]  # otherwise every row would still be tried
            raise ValueError(problem)
        rows = [dict(zip(dataset.headers, row, strict=True)) for row in dataset]
        keys = [_key(row) for row in rows]
        self.before = self._items(keys)
        assert self.catalog, "chosen in the form"
        result = upsert_items(catalog=self.catalog, rows=rows)
        self.errors = {error.row: error for error in result.errors}
        self.after = self._items(keys)

    def _items(self, keys: list[str]) -> dict[str, Item]:
        found = self.get_queryset().filter(catalog=self.catalog, external_id__in=keys)
        for item in found:
            item.__dict__["categories_read"] = "|".join(item.category_names)
        return {item.external_id: item for item in found}

    def get_instance(self, instance_loader: Any, row: Any) -> Item | None:
        return copy(self.before.get(_key(row)))

    def import_instance(self, instance: Item, row: Any, **kwargs: Any) -> None:
        """Does nothing: `before_import` has read the rows."""

    def validate_instance(self, instance: Item, *args: Any, **kwargs: Any) -> None:
        """Does nothing: `upsert_items` has checked the rows."""

    def save_instance(self, instance: Item, is_create: bool, row: Any, **kwargs: Any) -> None:
        if error := self.errors.get(kwargs["row_number"]):
            raise ValidationError({error.field: f"“{error.value}” {error.reason}"})
        instance.__dict__.update(self.after[_key(row)].__dict__)


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("item_id") or "").strip()


def _problem(dataset: Dataset) -> str:
    """Why the whole file is rejected; an empty text if it is not."""
    if len(dataset) > MAX_ROWS:
        text = _(
            "The file has %(rows)s rows. The limit here is %(limit)s. Use “manage.py "
            "import_items” instead."
        )
        return text % {"rows": len(dataset), "limit": MAX_ROWS}
    if unknown := set(map(str, dataset.headers or ())) - set(COLUMNS):
        text = _("Unknown columns: %(unknown)s. Known columns: %(known)s.")
        return text % {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(COLUMNS)}
    return ""


class _CatalogChoice(forms.Form):
    catalog = forms.ModelChoiceField(
        Catalog.objects.all(),
        label=gettext_lazy("Catalogue"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )


class ItemImportForm(_CatalogChoice, ImportForm):
    field_order = ("resource", "catalog", "import_file", "format")


class ItemConfirmForm(ConfirmImportForm):
    catalog = forms.ModelChoiceField(Catalog.objects.all(), widget=forms.HiddenInput)
