"""Items that may be shown, and their order without a model."""

from __future__ import annotations

from collections.abc import Sequence

from catalog import popularity
from catalog.models import Catalog, Item
from recommender.models import RemovedItem

#: With fewer items of a language, questions in that language use items of all languages.
ENOUGH_TO_ASK = 100


def askable(catalog: Catalog, language: str) -> list[int]:
    """Pks of items with a title, for questions: those of the language if there are enough."""
    found = Item.objects.filter(catalog=catalog, available=True).exclude(title="").order_by("pk")
    own = list(found.filter(language=language).values_list("pk", flat=True))
    return own if len(own) >= ENOUGH_TO_ASK else list(found.values_list("pk", flat=True))


def unavailable(catalog: Catalog) -> list[int]:
    """Pks of the items that may not be shown; few in most catalogues.

    Deleted items that a model may still hold are among them: one query reads both.
    """
    hidden = Item.objects.filter(catalog=catalog, available=False).order_by()
    removed = RemovedItem.objects.filter(catalog=catalog).order_by()
    return list(
        hidden.values_list("pk", flat=True).union(
            removed.values_list("item_pk", flat=True), all=True
        )
    )


def available_in(
    catalog: Catalog, category: str | None = None, *, newest_first: bool = False
) -> list[int]:
    """Pks of the items that may be shown, of one category if one is given."""
    found = Item.objects.filter(catalog=catalog, available=True)
    if category:
        found = found.filter(categories__name=category)
    return list(
        found.order_by(*(["-created_at", "-pk"] if newest_first else [])).values_list(
            "pk", flat=True
        )
    )


def has_choices(catalog: Catalog) -> bool:
    """Whether any item was chosen by anybody."""
    return popularity.curve(catalog).people[-1:] not in ((), (0,))


def popular_first(catalog: Catalog, pks: Sequence[int]) -> list[int]:
    """The same items, the most popular first, the others in their order."""
    rank = {pk: place for place, pk in enumerate(popularity.curve(catalog).popular)}
    return sorted(pks, key=lambda pk: rank.get(pk, len(rank)))
