"""What a finished list is, and the list that needs no model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog import selectors as catalog_selectors
from catalog.models import Catalog, Category, Item
from catalog.selectors import Standing
from recommender import explanations, selectors
from recommender.engine.types import StageTrace
from recommender.models import ModelVersion


@dataclass(frozen=True)
class Card:
    """An item in a list. ``standing``: 0 = best known of the catalogue … 1 = least known.

    ``predicted_stars``: what the person would give it; None where nothing is known of their stars, or of the item's;
    ``why``: what to add to the address that takes its score apart; None where there is no more to say.
    """

    item: Item
    score: float
    sources: tuple[str, ...]
    reason: str
    people: int
    standing: float
    predicted_stars: float | None = None
    why: str | None = None


@dataclass(frozen=True)
class ItemList:
    """Cards, best first; ``fallback`` names the path taken where the person's own history could not serve."""

    cards: list[Card]
    version: ModelVersion | None = None
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = ()


def without_model(
    catalog: Catalog, n: int, category: Category | str | None, only_tail: bool, leave_out: Collection[int]
) -> ItemList:
    """What most people chose; what is new where nobody chose anything, or where less known things are wanted."""
    newest = only_tail or not selectors.has_choices(catalog)
    pks = selectors.available_in(catalog, str(category) if category else None, newest_first=True)
    if not newest:
        pks = selectors.popular_first(catalog, pks)
    items = catalog_selectors.items_in_order([pk for pk in pks if pk not in leave_out][:n])
    standings = catalog_selectors.standing(catalog, [item.pk for item in items])
    fallback = "newest" if newest else "popular"
    cards = [_plain_card(item, standings[item.pk], fallback) for item in items]
    return ItemList(cards, None, fallback if cards else "nothing_available")


def _plain_card(item: Item, standing: Standing, fallback: str) -> Card:
    popular = fallback == "popular" and standing.people
    reason = explanations.popular_here() if popular else explanations.new_here()
    return Card(item, float(standing.people), (fallback,), reason, standing.people, standing.tail)
