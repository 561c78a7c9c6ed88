"""Reads the fields of a row of a file or of a bulk post, and gives the reason for a bad one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from catalog.models.category_paths import folded, path_of
from catalog.models.languages import is_language
from catalog.validation import shop_fields
from catalog.validation.attribute_values import typed_attributes
from catalog.validation.field_readers import (
    BadField,
    read_key,
    read_text,
    read_time,
    storable,
)
from config.text_forms import plain_text

MAX_CATEGORIES = 2000
"""Of one item. Courses that are tagged with every concept they touch have a thousand."""
_TRUE = {"true", "1", "1.0", "yes", "t", "y", "in stock", "in_stock", "instock", "available"}
_FALSE = {
    "false",
    "0",
    "0.0",
    "no",
    "f",
    "n",
    "out of stock",
    "out_of_stock",
    "outofstock",
    "sold out",
}


@dataclass(frozen=True, slots=True)
class RowError:
    """A bad row: its number (1 = the first row of a post, or the line of a file) and the reason."""

    row: int
    field: str
    value: str
    reason: str

    @classmethod
    def of(cls, row: int, error: BadField) -> RowError:
        return cls(row, error.field, error.value, error.reason)


@dataclass(slots=True)
class BulkResult:
    """``repeated``: known events; ``updated``: known items that changed, ``unchanged``:
    those that had the values already; ``items_created``: items
    that only events named.

    ``suppressed``: rows of erased people, left out. They are no errors of the sender's file.
    """

    created: int = 0
    repeated: int = 0
    updated: int = 0
    unchanged: int = 0
    items_created: int = 0
    suppressed: list[RowError] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class ReadsEvents(Protocol):
    """Reads kinds and values by a catalogue's rules; ``validation.event_values.EventReader``."""

    def read_kind(self, value: object) -> str: ...
    def read_value(self, kind: str, value: object) -> float | None: ...


class InteractionRow(NamedTuple):
    """``created_at`` None: now."""

    user_id: str
    item_id: str
    kind: str
    value: float | None
    created_at: datetime | None
    event_id: str | None
    quantity: float | None = None
    price: Decimal | None = None
    currency: str = ""
    session: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any], *, now: datetime, rules: ReadsEvents) -> InteractionRow:
        """Read a row by the rules of its catalogue.

        Raises:
            BadField: for the first bad field.
        """
        find = row.get
        kind = rules.read_kind(find("kind"))
        return cls(
            read_key("user_id", find("user_id")),
            read_key("item_id", find("item_id")),
            kind,
            rules.read_value(kind, find("value")),
            read_time("created_at", find("created_at"), now=now),
            read_event_id(find("event_id")),
            **shop_fields.read_order_line(row),
        )


@dataclass(frozen=True, slots=True)
class ItemRow:
    """Only the fields that the row has; ``categories`` None: they stay."""

    item_id: str
    fields: dict[str, Any]
    categories: list[str] | None

    @classmethod
    def of(
        cls,
        row: Mapping[str, Any],
        *,
        now: datetime,
        schema: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> ItemRow:
        """Read a row. ``schema``: the catalogue's, of attributes.

        Raises:
            BadField: for the first bad field.
        """
        readers = {
            "title": lambda value: read_text("title", value),
            "description": lambda value: read_text("description", value),
            "provider": lambda value: read_text("provider", value),
            "language": _read_language,
            "attributes": _read_attributes,
            "available": _read_flag,
            "created_at": lambda value: read_time("created_at", value, now=now),
        }
        item_id = read_key("item_id", row.get("item_id"))
        fields: dict[str, Any] = {
            name: read(row[name]) for name, read in readers.items() if row.get(name) is not None
        }
        # An empty cell of these leaves the field; an empty text would clear it.
        fields = {name: value for name, value in fields.items() if value is not None}
        fields |= shop_fields.read_shop_fields(row, now=now)
        if "attributes" in fields:
            fields["attributes"] = typed_attributes(fields["attributes"], schema or {})
        return cls(item_id, fields, _read_categories(row.get("categories")))


def read_event_id(value: object) -> str | None:
    return read_key("event_id", value) if value not in (None, "") else None


def _read_language(value: object) -> str | None:
    text = read_text("language", value).lower().replace("_", "-")
    if text and not is_language(text):
        raise BadField("language", value, _("must be a language code such as en or zh-hans"))
    return text


def _read_attributes(value: object) -> dict[str, Any] | None:
    if value == "":
        return None
    try:
        table = json.loads(value) if isinstance(value, str) else value
        text = json.dumps(table, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        raise BadField("attributes", value, _("must be a JSON object")) from None
    if not isinstance(table, dict):
        raise BadField("attributes", value, _("must be a JSON object"))
    if path := _not_finite(table):
        raise BadField(f"attributes{path}", value, _("is NaN or infinite, which JSON cannot hold"))
    if "\\u0000" in text or not storable(text):
        raise BadField("attributes", value, _("contains a NUL character or an unpaired surrogate"))
    return {name: _plain(entry) for name, entry in table.items()}


def _plain(value: Any) -> Any:
    """A value of JSON with its texts as people read them."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value


def _not_finite(value: object) -> str:
    """The path of the first number that is not finite, such as ``.size[2]``."""
    if isinstance(value, float) and not math.isfinite(value):
        return " "
    parts: Any = ()
    if isinstance(value, dict):
        parts = ((f".{name}", part) for name, part in value.items())
    elif isinstance(value, list):
        parts = ((f"[{place}]", part) for place, part in enumerate(value))
    return next(
        (f"{step}{rest}".rstrip() for step, part in parts if (rest := _not_finite(part))), ""
    )


def _read_flag(value: object) -> bool | None:
    text = str(value).strip().lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    if text:
        raise BadField("available", value, _("must be true or false"))
    return None


def _read_categories(value: object) -> list[str] | None:
    """A list, or one text joined by ``|``; repeated and empty names are dropped."""
    if value is None:
        return None
    names = _split_names(value) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)):
        raise BadField(
            "categories", value, _("must be a list of names, or one text with names separated by |")
        )
    spelled: dict[str, str] = {}
    for name in names:
        if text := _read_category(name):
            spelled.setdefault(folded(text), text)
    unique = list(spelled.values())
    if len(unique) > MAX_CATEGORIES:
        raise BadField(
            "categories", value, _("exceed the limit of %(limit)s") % {"limit": MAX_CATEGORIES}
        )
    return unique


def _read_category(name: object) -> str:
    text = read_text("category", name)
    try:
        return path_of(text)
    except ValueError as error:
        raise BadField("category", text, str(error)) from None


def _split_names(text: str) -> list[Any]:
    """Names joined by ``|``, paths joined by commas, or a JSON list.

    An export writes names that hold a ``|`` as a list.
    """
    if text.lstrip().startswith("["):
        try:
            names = json.loads(text)
        except ValueError:
            names = None
        if isinstance(names, list):
            return names
    if "|" not in text and all(">" in path for path in text.split(",")):
        return text.split(",")  # "A > B, A > C", as WooCommerce writes paths
    return text.split("|")
