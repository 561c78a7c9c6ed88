"""The typed attributes of a catalogue's items: one JSON table, by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

TYPES = ("text", "number", "boolean", "date", "choice", "list")
#: Types that search bounds, by ``…_min`` and ``…_max``; the values of the others are counted.
RANGES = ("number", "date")
MOST_ATTRIBUTES = 100
#: Each facet is a query of every search.
MOST_FACETS = 20
MOST_CHOICES = 500
_KEYS = ("type", "label", "choices", "unit", "facet")
#: A name is a part of an address of the search page, and of a column "attributes.colour".
_NAME = re.compile(r"[^\W\d][\w-]{0,39}")


def validate_attribute_schema(value: Any) -> None:
    """Reject a table that is not ``name -> {type, label, choices, unit, facet}``.

    Raises:
        ValidationError: with the name of the attribute, the value and the reason.
    """
    if not isinstance(value, dict):
        raise ValidationError(_("The attributes must be an object with one entry per name."))
    if len(value) > MOST_ATTRIBUTES:
        raise ValidationError(_("At most %(most)s attributes.") % {"most": MOST_ATTRIBUTES})
    for name, entry in value.items():
        if reason := _problem(name, entry):
            raise ValidationError(
                _("The attribute “%(name)s”: %(reason)s") % {"name": name, "reason": reason}
            )
    _check_facets(facets_of(value))


def facets_of(schema: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The entries that search offers, by name: PostgreSQL does not keep the order of JSON."""
    return {name: schema[name] for name in sorted(schema) if schema[name].get("facet")}


def attribute_label(name: str, entry: Mapping[str, Any]) -> str:
    """The label in the reader's language, else in any, else the name."""
    labels = entry.get("label", {})
    own = labels.get(get_language() or "")
    return own or next(iter(labels.values()), "") or name.replace("_", " ").capitalize()


def _check_facets(facets: Mapping[str, Mapping[str, Any]]) -> None:
    if len(facets) > MOST_FACETS:
        raise ValidationError(
            _("At most %(most)s attributes can be facets.") % {"most": MOST_FACETS}
        )
    for name, entry in facets.items():
        bounds = {f"{name}_min", f"{name}_max"} if entry["type"] in RANGES else set()
        if taken := sorted(bounds & set(facets)):
            raise ValidationError(
                _("The facet “%(taken)s” has the name of a bound of “%(name)s”.")
                % {"taken": taken[0], "name": name}
            )


def _problem(name: str, entry: Any) -> str:
    """What is wrong with an entry; an empty text if nothing is."""
    if not _NAME.fullmatch(name):
        return _(
            "the name must begin with a letter and have at most 40 letters, digits, “_” and “-”."
        )
    if not isinstance(entry, dict):
        return _("%(value)s must be an object with a type.") % {"value": _shown(entry)}
    if unknown := [key for key in entry if key not in _KEYS]:
        return _("“%(key)s” is not known. Known: %(keys)s.") % {
            "key": unknown[0],
            "keys": ", ".join(_KEYS),
        }
    if entry.get("type") not in TYPES:
        return _("the type %(value)s must be one of %(types)s.") % {
            "value": _shown(entry.get("type")),
            "types": ", ".join(TYPES),
        }
    return _problem_of_texts(entry) or _problem_of_choices(entry)


def _problem_of_texts(entry: Mapping[str, Any]) -> str:
    label = entry.get("label", {})
    if not isinstance(label, dict) or not all(isinstance(text, str) for text in label.values()):
        return _('the label %(value)s must be an object such as {"en": "Colour"}.') % {
            "value": _shown(label)
        }
    if not isinstance(entry.get("unit", ""), str):
        return _("the unit %(value)s must be text.") % {"value": _shown(entry["unit"])}
    if not isinstance(entry.get("facet", False), bool):
        return _("facet %(value)s must be true or false.") % {"value": _shown(entry["facet"])}
    return ""


def _problem_of_choices(entry: Mapping[str, Any]) -> str:
    choices = entry.get("choices")
    if choices is None:
        return _("the type choice needs choices.") if entry["type"] == "choice" else ""
    if entry["type"] not in ("choice", "list"):
        return _("the type %(type)s has no choices.") % {"type": entry["type"]}
    if (
        not isinstance(choices, list)
        or not choices
        or len(choices) > MOST_CHOICES
        or not all(isinstance(choice, str) and choice.strip() for choice in choices)
        or len(set(choices)) < len(choices)
    ):
        return _("the choices must be a list of 1 to %(most)s different texts.") % {
            "most": MOST_CHOICES
        }
    return ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
