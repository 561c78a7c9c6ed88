"""Which rows would change their items: a file that comes every night is mostly the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from catalog.ingestion.batches import by_key
from catalog.models import Item, ItemCategory
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import BulkResult, ItemRow, RowError
from catalog.validation.shop_fields import check_other_end


def with_sound_windows(
    rows: Sequence[ItemRow],
    known: dict[str, Item],
    numbers: Mapping[str, int],
    result: BulkResult,
) -> list[ItemRow]:
    """The rows whose sale window goes with the stored other end; ``known`` loses the others.

    Args:
        known: item id -> item.
        numbers: item id -> the number of its row, for errors.
    """
    good = []
    for row in rows:
        try:
            if item := known.get(row.item_id):
                check_other_end(row.fields, item.available_from, item.available_until)
            good.append(row)
        except BadField as error:
            del known[row.item_id]
            result.errors.append(RowError.of(numbers[row.item_id], error))
    result.errors.sort(key=lambda error: error.row)
    return good


def same_items(rows: Sequence[ItemRow], known: Mapping[str, Item]) -> set[str]:
    """The ids of known items that have all values of their rows already.

    Args:
        known: item id -> item.
    """
    alike = [
        row
        for row in rows
        if (item := known.get(row.item_id))
        and all(getattr(item, name) == value for name, value in row.fields.items())
    ]
    names = category_names(known[row.item_id].pk for row in alike if row.categories is not None)
    return {
        row.item_id
        for row in alike
        if row.categories is None or row.categories == names.get(known[row.item_id].pk, [])
    }


def category_names(keys: Iterable[int]) -> dict[int, list[str]]:
    """The category names of items by key, the main one first."""
    found: dict[int, list[str]] = {}
    links = ItemCategory.objects.order_by("item_id", "position")
    for item, name in by_key(links.values_list("item_id", "category__name"), keys, "item_id"):
        found.setdefault(item, []).append(name)
    return found
