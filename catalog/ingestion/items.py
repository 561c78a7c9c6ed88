"""Deletes items."""

from __future__ import annotations

from catalog.models import Item


def delete_item(*, item: Item) -> None:
    """Delete an item and its interactions; ``available = False`` would retain both."""
    item.delete()
