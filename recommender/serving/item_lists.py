"""What a finished list is."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Item
from catalog.popularity import PopularityRank
from recommender.engine.data.types import Contribution, StageTrace
from recommender.explanations import explanations
from recommender.models import ModelVersion


@dataclass(frozen=True)
class Card:
    """An item in a list. ``popularity_rank``: 0 = best known of the catalogue … 1 = least known.

    ``predicted_stars``: what the person would give it; None where nothing is known of their stars, or of the item's;
    ``why``: what to add to the address that takes its score apart; None where there is no more to say.
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
    """Cards, best first; ``fallback`` names the path taken where the person's own history could not serve."""

    cards: list[Card]
    version: ModelVersion | None = None
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = ()


def plain_card(
    item: Item, popularity_rank: PopularityRank, source: str, *, says: bool = True
) -> Card:
    """A card that no model made: what many chose, else what is new here."""
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
