"""Items from and to small files in the browser; big files go through ``manage.py import_items``."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources
from import_export.forms import ConfirmImportForm
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.models import Catalog, Item
from catalog.services import upsert_items

#: Each row is tried out before it is shown for confirmation, one at a time: more would outlast a request.
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
)


class ItemResource(resources.ModelResource):
    """The columns of ``import_items``; what a row may hold and how it is written is `upsert_items`' business."""

    item_id = fields.Field(attribute="external_id", column_name="item_id")
    categories = fields.Field(column_name="categories")
    attributes = fields.Field(column_name="attributes")

    class Meta:
        model = Item
        fields = COLUMNS
        export_order = COLUMNS
        import_id_fields = ("item_id",)
        use_transactions = True

    def __init__(self, catalog: Catalog | None = None) -> None:
        super().__init__()
        self.catalog = catalog

    def get_queryset(self) -> QuerySet[Item]:
        items = Item.objects.prefetch_related("item_categories__category")
        return items.filter(catalog=self.catalog) if self.catalog else items

    def dehydrate_categories(self, item: Item) -> str:
        return "|".join(item.category_names) if item.pk else ""

    def dehydrate_attributes(self, item: Item) -> str:
        return json.dumps(item.attributes, ensure_ascii=False) if item.attributes else ""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        if len(dataset) > MAX_ROWS:
            raise ValueError(
                _("The file has %(rows)s rows; here at most %(limit)s are taken. Use “manage.py import_items”.")
                % {"rows": len(dataset), "limit": MAX_ROWS}
            )
        if unknown := set(dataset.headers or ()) - set(COLUMNS):
            raise ValueError(
                _("Unknown columns: %(unknown)s. Known are %(known)s.")
                % {"unknown": ", ".join(sorted(map(str, unknown))), "known": ", ".join(COLUMNS)}
            )

    def import_instance(self, instance: Item, row: Any, **kwargs: Any) -> None:
        """Nothing here: `save_instance` reads the row."""

    def validate_instance(self, instance: Item, *args: Any, **kwargs: Any) -> None:
        """Nothing here: `upsert_items` checks the row."""

    def save_instance(self, instance: Item, is_create: bool, row: Any, **kwargs: Any) -> None:
        result = upsert_items(catalog=self.catalog, rows=[dict(row)])
        if result.errors:
            error = result.errors[0]
            raise ValidationError({error.field: f"“{error.value}” {error.reason}"})
        saved = self.get_queryset().get(external_id=str(row["item_id"]).strip())
        instance.__dict__.update(saved.__dict__)


class _CatalogChoice(forms.Form):
    catalog = forms.ModelChoiceField(
        Catalog.objects.all(), label=gettext_lazy("Catalogue"), widget=UnfoldAdminSelectWidget, empty_label=None
    )


class ItemImportForm(_CatalogChoice, ImportForm):
    field_order = ("resource", "catalog", "import_file", "format")


class ItemConfirmForm(ConfirmImportForm):
    catalog = forms.ModelChoiceField(Catalog.objects.all(), widget=forms.HiddenInput)
