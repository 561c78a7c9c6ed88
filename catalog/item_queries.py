"""Reads items with all that a list shows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, Prefetch, Q, QuerySet

from catalog.models import Catalog, Category, Item, ItemCategory
from catalog.popularity import curve


def with_parts(queryset: QuerySet[Item]) -> QuerySet[Item]:
    """Items with their catalogue and categories, in two queries whatever their number."""
    links = ItemCategory.objects.select_related("category")
    return queryset.select_related("catalog").prefetch_related(
        Prefetch("item_categories", queryset=links)
    )


def items_in_order(
    ids: Sequence[int], *, only_available: bool = True, catalog: Catalog | None = None
) -> list[Item]:
    """The items with these keys, in this order; those that are gone are left out.

    ``catalog``: whose items they all are, which spares reading it again beside each of them.
    """
    found = Item.objects.filter(pk__in=list(ids))
    if only_available:
        found = found.filter(available=True)
    rows = with_parts(found) if catalog is None else _of(catalog, found)
    by_key = {item.pk: item for item in rows}
    return [by_key[key] for key in ids if key in by_key]


def _of(catalog: Catalog, found: QuerySet[Item]) -> list[Item]:
    """The items with the names of their categories alone: half the time of ``with_parts`` on a page of many items."""
    items = list(found.filter(catalog=catalog))
    links = ItemCategory.objects.filter(item__in=[item.pk for item in items]).values_list(
        "item_id", "category__name"
    )
    names: dict[int, list[str]] = {item.pk: [] for item in items}
    for key, name in links.order_by("position", "pk"):
        names[key].append(name)
    for item in items:
        item.catalog, item.known_categories = catalog, names[item.pk]
    return items


def newest(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    found = Item.objects.filter(catalog=catalog, available=True).exclude(pk__in=list(exclude))
    return list(with_parts(found.order_by("-created_at", "-pk"))[:n])


def popular(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    """What most people chose; at most 500, counted at most a minute ago."""
    left = [key for key in curve(catalog).popular if key not in exclude]
    some_more = n + 20  # for those that went meanwhile
    return items_in_order(left[:some_more])[:n]


def categories(catalog: Catalog) -> list[tuple[Category, int]]:
    """Categories that have available items, the largest first, with the number of those."""
    counted = Count("items", filter=Q(items__available=True))
    found = Category.objects.filter(catalog=catalog).annotate(size=counted).filter(size__gt=0)
    return [(category, category.size) for category in found.order_by("-size", "name")]
