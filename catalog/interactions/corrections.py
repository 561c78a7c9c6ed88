"""Corrections: an event that is sent again under its id with another value or time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog.models import Catalog, Interaction

#: What may be corrected. Person, item and kind make another event.
FIELDS = ("value", "quantity", "price", "currency", "session", "created_at")


def corrected(first: Any, again: Any, *, has_time: bool) -> dict[str, Any]:
    """The fields of an event that the second sending gives another value; empty for a repetition.

    ``has_time``: whether the second sending says when. What it leaves out stays.
    """
    names = FIELDS if has_time else FIELDS[:-1]
    given = {name: getattr(again, name) for name in names}
    return {
        name: value
        for name, value in given.items()
        if value not in (None, "") and value != getattr(first, name)
    }


def apply_corrections(catalog: Catalog, changes: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Write changed fields by event id; the last change of an event wins."""
    for event_id, fields in dict(changes).items():
        Interaction.objects.filter(catalog=catalog, event_id=event_id).update(**fields)
