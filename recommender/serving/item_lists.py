"""Finished lists and their cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from catalog.models import Item
from catalog.models.languages import is_read
from catalog.popularity import PopularityRank
from recommender.engine.data.types import Contribution, StageTrace
from recommender.explanations import explanations
from recommender.models import ModelVersion
from recommender.serving.left_out import Counted


@dataclass(frozen=True)
class Card:
    """An item in a list.

    Args:
        popularity_rank: 0 = best known of the catalogue … 1 = least known.
        people: how many people chose the item.
        predicted_stars: what the person would give it; None without a prediction.
        why: what to add to the address of its explanation; None where there is none.
        contributions: they sum to the score; past items by pk.
        dial_gain: as in ``PlannedItem``.
    """

    item: Item
    score: float
    sources: tuple[str, ...]
    reason: str
    people: int
    popularity_rank: float
    predicted_stars: float | None = None
    why: str | None = None
    contributions: tuple[Contribution, ...] = ()
    dial_gain: float = 0.0


@dataclass(frozen=True)
class ItemList:
    """Cards, best first.

    ``fallback`` names what replaced the person's history; None = nothing did. ``left_out``: what
    the person leaves out, and how many items that are.
    """

    cards: list[Card]
    version: ModelVersion | None = None
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = ()
    left_out: tuple[Counted, ...] = ()


def plain_card(
    item: Item, popularity_rank: PopularityRank, source: str, *, says: bool = True
) -> Card:
    """A card that no model made: a popular item, or a new one."""
    popular = source == "popular" and popularity_rank.people
    reason = "" if not says else explanations.popular_here() if popular else explanations.new_here()
    return Card(
        item,
        float(popularity_rank.people),
        (source,),
        reason,
        popularity_rank.people,
        popularity_rank.tail,
    )


def in_other_languages(cards: Sequence[Card], reads: Collection[str]) -> int:
    """How many items are in a language that is none of ``reads``; they stand at the end."""
    if not reads:
        return 0
    written = (card.item.language for card in cards)
    return sum(bool(code) and not is_read(code, reads) for code in written)
