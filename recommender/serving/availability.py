"""Items that may be shown, and their order without a model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog import popularity
from catalog.models import Catalog, Item
from catalog.models.items import available_items, items_of
from config.statements import Statement
from recommender.models import RemovedItem

#: With fewer items of a language, questions in that language use items of all languages.
ENOUGH_TO_ASK = 100


def askable(catalog: Catalog, language: str) -> list[int]:
    """Pks of items with a title, for questions: those of the language if there are enough."""
    found = available_items(catalog).exclude(title="").order_by("pk")
    own = list(found.filter(language=language).values_list("pk", flat=True))
    return own if len(own) >= ENOUGH_TO_ASK else list(found.values_list("pk", flat=True))


def unavailable(catalog: Catalog) -> list[int]:
    """Pks of the items that may not be shown; few in most catalogues.

    Deleted items that a model may still hold are among them: one query reads both.
    """
    return [pk for (pk,) in _UNAVAILABLE.rows(catalog.pk, timezone.now())]


def _unavailable(catalog: int, now: datetime) -> QuerySet[Any, Any]:
    own = Item.objects.filter(catalog=catalog).order_by()
    removed = RemovedItem.objects.filter(catalog=catalog).order_by()
    # An index of its own answers each; one condition with OR would read the whole table.
    apart = [
        own.filter(stock=0),
        own.filter(available_from__gt=now),
        own.filter(available_until__lte=now),
    ]
    return (
        own.filter(available=False)
        .values_list("pk", flat=True)
        .union(
            *(items.values_list("pk", flat=True) for items in apart),
            removed.values_list("item_pk", flat=True),
            all=True,
        )
    )


_UNAVAILABLE = Statement(_unavailable, int, datetime)


def available_in(
    catalog: Catalog,
    category: str | None = None,
    *,
    languages: Sequence[str] = (),
    newest_first: bool = False,
) -> list[int]:
    """Pks of the items that may be shown, of one category and those below it if one is given."""
    found = available_items(catalog)
    if category:
        found = found.filter(pk__in=items_of(catalog, category))
    if languages:
        found = found.filter(language__in=languages)
    order = ["-created_at", "-pk"] if newest_first else []
    return list(found.order_by(*order).values_list("pk", flat=True))


def has_choices(catalog: Catalog) -> bool:
    """Whether any item was chosen by anybody."""
    return popularity.curve(catalog).people[-1:] not in ((), (0,))


def popular_first(catalog: Catalog, pks: Sequence[int]) -> list[int]:
    """The same items, the most popular first, the others in their order."""
    rank = {pk: place for place, pk in enumerate(popularity.curve(catalog).popular)}
    return sorted(pks, key=lambda pk: rank.get(pk, len(rank)))
