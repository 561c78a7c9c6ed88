"""An item's attributes as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Item
from catalog.models.attribute_schemas import attribute_label

FACTS = {
    "price": gettext_lazy("Price"), "level": gettext_lazy("Level"),
    "difficulty": gettext_lazy("Difficulty"),
    "equipment": gettext_lazy("Equipment"), "author": gettext_lazy("Author"),
    "format": gettext_lazy("Format"),
    "license": gettext_lazy("Licence"), "licence": gettext_lazy("Licence"),
    "source": gettext_lazy("Source"),
    "servings": gettext_lazy("Servings"), "minutes": gettext_lazy("Minutes"),
    "topic": gettext_lazy("Topic"),
    "duration": gettext_lazy("Duration"),
}  # fmt: skip


#: Attributes that are shown elsewhere (links, categories) or are for programs only.
NOT_FACTS = {"currency", "shelf", "source_title", "url"}


def facts_of(item: Item) -> list[tuple[str, str]]:
    """The item's readable attributes with their labels; bare numbers of levels are left out."""
    rows, schema = [], item.catalog.attribute_schema
    for key, value in item.attributes.items():
        if (
            key in NOT_FACTS
            or not isinstance(value, (str, int, float, list))
            or value in ("", [])
            or _is_link(value)
        ):
            continue
        if key in schema:
            rows.append((attribute_label(key, schema[key]), _typed_fact(value, schema[key])))
        elif key != "level" or isinstance(value, str):
            rows.append(
                (str(FACTS.get(key, key.replace("_", " ").capitalize())), _fact(item, key, value))
            )
    return rows


def _typed_fact(value: Any, entry: Mapping[str, Any]) -> str:
    if entry["type"] == "boolean":
        return str(_("yes") if value else _("no"))
    if entry["type"] == "date":
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    text = number_format(shown) if isinstance(shown, (int, float)) else str(shown)
    return f"{text} {entry['unit']}" if entry.get("unit") else text


def _fact(item: Item, key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key == "price" and isinstance(value, (int, float)):
        sign = {"GBP": "£", "EUR": "€", "USD": "$", "CNY": "¥"}.get(
            str(item.attributes.get("currency", "")), ""
        )
        return f"{sign}{number_format(value, 2)}"
    return number_format(value) if isinstance(value, (int, float)) else str(value)


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def link_of(item: Item) -> str:
    """The web address of the thing itself, if its owner gives one."""
    value = item.attributes.get("url", "")
    return value if _is_link(value) else ""
