"""Checks the attributes of an item against the catalogue's schema."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from catalog.validation.field_readers import BadField

#: Read by pages, with or without a schema: the address of the thing itself.
ALWAYS_KNOWN = ("url",)
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no"}


def typed_attributes(
    attributes: Mapping[str, Any], schema: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The attributes with their values in the schema's types; as they are without a schema.

    An empty text or null says nothing and is left out.

    Raises:
        BadField: ``attributes.colour`` with the value and the reason, for the first bad one.
    """
    if not schema:
        return dict(attributes)
    found = {}
    for name, value in attributes.items():
        if name in ALWAYS_KNOWN and name not in schema:
            found[name] = value
        elif name not in schema:
            raise BadField(f"attributes.{name}", value, _unknown(name, schema))
        elif value is not None and value != "":
            found[name] = read_value(f"attributes.{name}", value, schema[name])
    return found


def _unknown(name: str, schema: Mapping[str, Any]) -> str:
    if close := get_close_matches(name, list(schema), n=1):
        return _("is not an attribute of this catalogue. Did you mean “%(name)s”?") % {
            "name": close[0]
        }
    return _("is not an attribute of this catalogue. Known: %(names)s") % {
        "names": ", ".join(schema)
    }


def read_value(field: str, value: Any, entry: Mapping[str, Any]) -> Any:
    """One value in the type of its entry of the schema.

    Raises:
        BadField: for a value that the type does not have.
    """
    return _READERS[entry["type"]](field, value, entry)


def _text(field: str, value: Any, entry: Mapping[str, Any]) -> str:
    if isinstance(value, (bool, list, dict)):
        raise BadField(field, value, _("must be text"))
    return str(value)


def _number(field: str, value: Any, entry: Mapping[str, Any]) -> float | int:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadField(field, value, _("must be a number"))
    return int(number) if number.is_integer() else number


def _boolean(field: str, value: Any, entry: Mapping[str, Any]) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise BadField(field, value, _("must be true or false"))
    return text in _TRUE


def _date(field: str, value: Any, entry: Mapping[str, Any]) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise BadField(field, value, _("must be a date such as 2026-05-31")) from None


def _choice(field: str, value: Any, entry: Mapping[str, Any]) -> str:
    by_folded = {choice.casefold(): choice for choice in entry["choices"]}
    found = by_folded.get(str(value).strip().casefold())
    if found is None:
        raise BadField(
            field,
            value,
            _("must be one of %(choices)s") % {"choices": ", ".join(entry["choices"][:20])},
        )
    return found


def _list(field: str, value: Any, entry: Mapping[str, Any]) -> list[str]:
    parts = value.split("|") if isinstance(value, str) else value
    if not isinstance(parts, list) or any(isinstance(part, (list, dict)) for part in parts):
        raise BadField(field, value, _("must be a list of texts, or one text with | between them"))
    texts = [text for part in parts if (text := str(part).strip())]
    if entry.get("choices"):
        texts = [_choice(field, text, entry) for text in texts]
    return list(dict.fromkeys(texts))


_READERS: dict[str, Callable[[str, Any, Mapping[str, Any]], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "list": _list,
}
