"""Deletes items."""

from __future__ import annotations

from catalog.models import Item


def delete_item(*, item: Item) -> None:
    """Remove an item with all that people did with it; ``available = False`` hides it and keeps the log."""
    item.delete()
