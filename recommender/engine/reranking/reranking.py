"""The third stage: the person's wish for less known items, variety, their own mix, and places that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, CategoryMix
from recommender.engine.data.request import Request
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray
from recommender.engine.ranking.ranking import Ranked
from recommender.engine.reranking.calibration import Miscalibration
from recommender.engine.reranking.exposure_quotas import ExposureQuota, fill_quotas
from recommender.engine.reranking.mmr import Cost, Similarity, Unlikeness, choose

FULL_STRENGTH = 2.0
"""At dial 1 an item loses so many spreads of the person's scores for each e-fold of its popularity."""

TAIL_DIAL = "tail_dial"
"""The dial's name among the parts of a score."""


@dataclass(frozen=True, slots=True)
class Dial:
    """What an item's popularity costs it: ``strength`` score units for each unit of ``popularity`` (n_items,)."""

    strength: float
    popularity: NDArray[np.float64]

    @classmethod
    def turned_to(cls, tail: float | None, ranked: Ranked, popularity: NDArray[np.float64]) -> Dial:
        """The dial at ``tail``, 0 … 1, in the scale of these scores; None and 0 leave them as they are."""
        spread = float(ranked.scores.std()) if len(ranked) else 0.0
        return cls(FULL_STRENGTH * (tail or 0.0) * (spread or 1.0), popularity)

    def amounts(self, items: IntArray) -> NDArray[np.float64]:
        """(len(items),) what to add to their scores: 0 or less."""
        return -self.strength * self.popularity[items]

    def explain(self, item: int) -> list[Contribution]:
        """The dial's part in the item's score; none where it adds nothing."""
        amount = float(self.amounts(np.array([item], dtype=np.int32))[0])
        return [Contribution(TAIL_DIAL, amount)] if amount else []


@dataclass(frozen=True)
class CatalogueContext:
    """What re-ranking knows of the catalogue.

    Args:
        head: (n_items,) mask of the head items.
        seldom_met: (n_items,) mask of the items of seldom met providers; None = nobody is named.
        categories: None = not known.
        similarity: the likeness of items.
    """

    head: BoolArray
    seldom_met: BoolArray | None
    categories: Categories | None
    similarity: Similarity


@dataclass(frozen=True, slots=True)
class Reranked:
    """A list as far as its scores reach, and what was done to it: numbers by name, of what was asked for."""

    ranked: Ranked
    figures: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ranked)


def rerank(request: Request, ranked: Ranked, dial: Dial, around: CatalogueContext) -> Reranked:
    """The first n places: the dial, then variety and the person's mix, then the floors."""
    turned = turn(ranked, dial)
    mix = (
        around.categories.mix(request.query) if request.calibration and around.categories else None
    )
    chosen = _choose(request, turned, mix, around)
    quotas = _quotas(request, around)
    kept = fill_quotas(chosen, request.n, list(quotas.values()))
    return Reranked(kept, _figures(turned.items[: request.n], kept.items, mix, quotas))


def _choose(
    request: Request, turned: Ranked, mix: CategoryMix | None, around: CatalogueContext
) -> Ranked:
    if len(turned) < 2 or (mix is None and not request.diversity):
        return turned
    depth = Miscalibration.depth if mix is not None else Unlikeness.depth
    candidates = turned.items[: depth * request.n]
    costs: list[Cost] = []
    if request.diversity:
        costs.append(Unlikeness(request.diversity, candidates, around.similarity))
    if mix is not None:
        costs.append(Miscalibration(request.calibration, mix, candidates))
    return choose(turned, request.n, costs, len(candidates))


def _quotas(request: Request, around: CatalogueContext) -> dict[str, ExposureQuota]:
    quotas = {}
    if request.min_tail_share:
        quotas["tail_places"] = ExposureQuota(request.min_tail_share, ~around.head)
    if request.min_provider_share and around.seldom_met is not None:
        quotas["provider_places"] = ExposureQuota(request.min_provider_share, around.seldom_met)
    return quotas


def _figures(
    before: IntArray, after: IntArray, mix: CategoryMix | None, quotas: Mapping[str, ExposureQuota]
) -> dict[str, float]:
    """Each figure of the list as the scores and the dial alone would have it, and as it is."""
    figures: dict[str, float] = {}
    for state, items in (("_before", before), ("", after)):
        if mix is not None:
            figures[f"miscalibration{state}"] = mix.divergence_of(items)
        figures |= {name + state: int(quota.kept[items].sum()) for name, quota in quotas.items()}
    return figures


def popularity_of(counts: IntArray, head: BoolArray) -> NDArray[np.float64]:
    """(n_items,) log1p of the people per item, no head item below a tail item.

    The order of head before tail is what makes the dial monotone: a head item can only enter a list as the
    dial falls, whatever the scores are.
    """
    popularity = np.log1p(counts.astype(np.float64))
    most_in_tail = popularity[~head].max(initial=0.0)
    return np.where(head, np.maximum(popularity, most_in_tail), popularity)


def turn(ranked: Ranked, dial: Dial) -> Ranked:
    """Order by score less the price of popularity."""
    return ranked.by(ranked.scores + dial.amounts(ranked.items)) if dial.strength else ranked


def category_likeness(categories: sp.csr_matrix, items: IntArray) -> NDArray[np.float32]:
    """(n, n) cosine of the items' rows of an (n_items, n_categories) 0/1 matrix; 0 for items without categories."""
    rows = categories[items]
    sizes = np.sqrt(np.maximum(1, np.diff(rows.indptr)))
    cosines: FloatArray = ((rows @ rows.T).toarray() / np.outer(sizes, sizes)).astype(np.float32)
    return cosines
