"""Items and interactions as files: the columns of the import commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources

from catalog.ingestion.reading.columns import ITEMS
from catalog.models import Interaction, Item

#: An export is made in memory.
MOST_EVENTS = 100_000
COLUMNS = ITEMS.columns


class _Computed(fields.Field):
    """A column computed from a stored row."""

    def __init__(self, read: Callable[[Any], str], column_name: str) -> None:
        super().__init__(attribute=column_name, column_name=column_name)
        self.read = read

    def get_value(self, instance: Any) -> str:
        return self.read(instance) if instance.pk else ""


def _categories(item: Item) -> str:
    """Joined by ``|``, or a JSON list where a name itself would be read otherwise."""
    names = item.category_names
    is_plain = not any("|" in name or name.startswith("[") for name in names)
    return "|".join(names) if is_plain else json.dumps(names, ensure_ascii=False)


def _attributes(item: Item) -> str:
    return json.dumps(item.attributes, ensure_ascii=False) if item.attributes else ""


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


class ItemResource(resources.ModelResource):
    """The columns of ``import_items``."""

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

    def get_queryset(self) -> QuerySet[Item]:
        return Item.objects.prefetch_related("item_categories__category")


class InteractionResource(resources.ModelResource):
    """The columns of ``import_interactions``; events of people without an id have no file."""

    user_id = fields.Field(attribute="profile__external_id", column_name="user_id")
    item_id = fields.Field(attribute="item__external_id", column_name="item_id")
    timestamp = _Computed(lambda row: row.created_at.isoformat(), "timestamp")
    value = _Computed(lambda row: "" if row.value is None else repr(row.value), "value")

    class Meta:
        model = Interaction
        fields = (
            "user_id", "item_id", "kind", "value", "timestamp", "event_id", "quantity", "price",
            "currency", "session",
        )  # fmt: skip
        export_order = fields

    def filter_export(self, queryset: QuerySet[Interaction], **kwargs: Any) -> Any:
        """Raises:
        ValueError: for more than 100,000 events; the page shows it.
        """
        rows = queryset.filter(profile__external_id__isnull=False)
        if rows.order_by()[: MOST_EVENTS + 1].count() > MOST_EVENTS:
            text = _("More than %(limit)s events: filter the list first, or read them by the API.")
            raise ValueError(text % {"limit": f"{MOST_EVENTS:,}"})
        return rows.select_related("profile", "item")
