"""Which items may be shown at all, and in which order without a model."""

from __future__ import annotations

from collections.abc import Sequence

from catalog import popularity
from catalog.models import Catalog, Item

#: Items of a language from which questions in that language are chosen.
ENOUGH_TO_ASK = 100


def askable(catalog: Catalog, language: str) -> list[int]:
    """Pks of the items with a title that somebody can be asked about: of their language where there are enough."""
    found = Item.objects.filter(catalog=catalog, available=True).exclude(title="").order_by("pk")
    own = list(found.filter(language=language).values_list("pk", flat=True))
    return own if len(own) >= ENOUGH_TO_ASK else list(found.values_list("pk", flat=True))


def unavailable(catalog: Catalog) -> list[int]:
    """Pks of the items that must not be shown; few in most catalogues."""
    return list(
        Item.objects.filter(catalog=catalog, available=False)
        .order_by()
        .values_list("pk", flat=True)
    )


def available_in(
    catalog: Catalog, category: str | None = None, *, newest_first: bool = False
) -> list[int]:
    """Pks of the items that may be shown, of one category if it is given."""
    found = Item.objects.filter(catalog=catalog, available=True)
    if category:
        found = found.filter(categories__name=category)
    return list(
        found.order_by(*(["-created_at", "-pk"] if newest_first else [])).values_list(
            "pk", flat=True
        )
    )


def has_choices(catalog: Catalog) -> bool:
    """Whether anybody ever chose anything."""
    return popularity.curve(catalog).people[-1:] not in ((), (0,))


def popular_first(catalog: Catalog, pks: Sequence[int]) -> list[int]:
    """The same items, the well-known ones first, the others as they stand."""
    rank = {pk: place for place, pk in enumerate(popularity.curve(catalog).popular)}
    return sorted(pks, key=lambda pk: rank.get(pk, len(rank)))
