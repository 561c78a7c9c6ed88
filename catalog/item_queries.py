"""Reads items with everything that a list shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, Prefetch, QuerySet

from catalog.models import Catalog, Category, Item, ItemCategory
from catalog.models.categories import subtree_sizes
from catalog.models.items import available_items, available_now
from catalog.popularity import curve
from config.statements import Statement


def with_categories(queryset: QuerySet[Item]) -> QuerySet[Item]:
    """Items with their catalogue and categories, in two queries for any number."""
    links = ItemCategory.objects.select_related("category")
    return queryset.select_related("catalog").prefetch_related(
        Prefetch("item_categories", queryset=links)
    )


def items_in_order(
    ids: Sequence[int], *, only_available: bool = True, catalog: Catalog | None = None
) -> list[Item]:
    """The items with these keys, in this order, without deleted ones.

    ``catalog``: their catalogue, if it is the same for all; then it is not read again.
    """
    if catalog is None:
        found = Item.objects.filter(pk__in=list(ids))
        items = list(with_categories(found.filter(available_now()) if only_available else found))
    else:
        rows = _of(catalog, ids)
        items = [item for item in rows if item.is_available] if only_available else rows
    by_key = {item.pk: item for item in items}
    return [by_key[key] for key in ids if key in by_key]


def shown(catalog: Catalog, keys: Sequence[int]) -> list[int]:
    """Those of the items that may be shown now, in the same order."""
    there = set(
        available_items(catalog).filter(pk__in=list(keys)).order_by().values_list("pk", flat=True)
    )
    return [key for key in keys if key in there]


def _of(catalog: Catalog, ids: Sequence[int]) -> list[Item]:
    """The items with only the names of their categories.

    It takes a fifth of the time of ``with_categories``.
    """
    items = _ITEMS.instances(catalog.pk, list(ids)) if ids else []
    names: dict[int, list[str]] = {item.pk: [] for item in items}
    for key, name in _CATEGORY_NAMES.rows(list(names)) if names else ():
        names[key].append(name)
    for item in items:
        item.catalog, item.known_categories = catalog, names[item.pk]
    return items


_ITEMS = Statement(
    lambda catalog, keys: Item.objects.filter(catalog=catalog, pk__in=[keys]).order_by(), int, int
)
_CATEGORY_NAMES = Statement(
    lambda keys: (
        ItemCategory.objects.filter(item__in=[keys])
        .order_by("position", "pk")
        .values_list("item_id", "category__name")
    ),
    int,
)


def newest(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    found = available_items(catalog).exclude(pk__in=list(exclude))
    return list(with_categories(found.order_by("-created_at", "-pk"))[:n])


def popular(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    """The items that most people chose, counted up to a minute ago.

    Behind the 500 best known, and in place of those that went meanwhile, come the newest.
    """
    left = [key for key in curve(catalog).popular if key not in exclude]
    some_more = n + 20  # in case some were deleted meanwhile
    found = items_in_order(left[:some_more])[:n]
    if len(found) < n <= len(left):
        found = items_in_order(left)[:n]
    missing = n - len(found)
    listed = {item.pk for item in found}
    return found + (newest(catalog, n=missing, exclude={*exclude, *listed}) if missing else [])


def categories(catalog: Catalog) -> list[tuple[Category, int]]:
    """Categories with available items, the largest first, with the number of those items.

    In a tree the items of all categories below count; one query more.
    """
    counted = Count("items", filter=available_now("items__"))
    found = Category.objects.filter(catalog=catalog).annotate(size=counted)
    sizes = [(category, category.size) for category in found.order_by("-size", "name")]
    if any(category.parent_id for category, _size in sizes):
        links = ItemCategory.objects.filter(available_now("item__"), category__catalog=catalog)
        whole = subtree_sizes(links.order_by().values_list("item_id", "category__name"))
        sizes = [(category, whole.get(category.name, 0)) for category, _size in sizes]
        sizes.sort(key=lambda entry: (-entry[1], entry[0].name))
    return [(category, size) for category, size in sizes if size]
