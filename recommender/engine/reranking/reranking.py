"""Re-ranking, the third stage: tail dial, diversity, calibration and exposure quotas."""

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
from recommender.engine.reranking.mmr import Cost, Redundancy, Similarity, choose

TUNED_AT = 0.3
"""Where the dial leaves lists as tuning chose them; also the default of a catalogue."""

FULL_STRENGTH = 2.0
"""Standard deviations of the person's scores that an item loses at dial 1 for each e-fold of its
popularity."""

UNTUNED_BONUS = 0.25
"""The tail bonus of a blend without one, in standard deviations of the person's scores."""

TAIL_DIAL = "tail_dial"
"""The dial's name among the contributions to a score."""


@dataclass(frozen=True, slots=True)
class Dial:
    """The tail dial: what a tail item gains, and the price of popularity.

    Below ``TUNED_AT`` it gives a part of the tuned bonus, none at 0. Above it, popularity costs
    more and more. An item loses ``strength`` score units for each unit of ``popularity``
    (n_items,), and gains ``bonus`` if it is of the tail.
    """

    strength: float
    popularity: NDArray[np.float64]
    bonus: float
    head: BoolArray

    @classmethod
    def turned_to(cls, tail: float | None, ranked: Ranked, context: TailContext) -> Dial:
        """The dial at ``tail``, 0 … 1, on the scale of these scores; None = as tuned."""
        spread = (float(ranked.scores.std()) if len(ranked) else 0.0) or 1.0
        bonus = context.bonus
        if bonus is None:
            bonus = 0.0 if tail is None else UNTUNED_BONUS * spread
        tail = TUNED_AT if tail is None else tail
        beyond = max(0.0, tail - TUNED_AT) / (1 - TUNED_AT)
        return cls(
            FULL_STRENGTH * beyond * spread,
            context.popularity,
            bonus * min(1.0, tail / TUNED_AT),
            context.head,
        )

    def amounts(self, items: IntArray) -> NDArray[np.float64]:
        """(len(items),) changes of the scores."""
        return self.bonus * ~self.head[items] - self.strength * self.popularity[items]

    def explain(self, item: int) -> list[Contribution]:
        """The dial's contribution to the item's score; empty if it is 0."""
        amount = float(self.amounts(np.array([item], dtype=np.int32))[0])
        return [Contribution(TAIL_DIAL, amount)] if amount else []


@dataclass(frozen=True)
class TailContext:
    """What the dial needs to know of a catalogue.

    Args:
        popularity: (n_items,) of ``popularity_of``.
        head: (n_items,) mask of the head items.
        bonus: what tuning adds to the score of a tail item; None = nothing was tuned.
    """

    popularity: NDArray[np.float64]
    head: BoolArray
    bonus: float | None = None


@dataclass(frozen=True)
class CatalogueContext:
    """Facts about the catalogue that re-ranking needs.

    Args:
        head: (n_items,) mask of the head items.
        seldom_met: (n_items,) mask of the items of seldom met providers; None = no providers.
        categories: None = unknown.
        similarity: pairwise similarity of items.
        newer: (n_items,) mask of the items that came after the training; None = there are none.
    """

    head: BoolArray
    seldom_met: BoolArray | None
    categories: Categories | None
    similarity: Similarity
    newer: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class Reranked:
    """The re-ranked list. It is shorter than requested if there are too few ranked items.

    ``figures``: numbers by name about each re-ranking step that was requested.
    """

    ranked: Ranked
    figures: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ranked)


def rerank(request: Request, ranked: Ranked, dial: Dial, context: CatalogueContext) -> Reranked:
    """The first n items after the dial, then diversity and calibration, then the quotas."""
    dialled = apply_dial(ranked, dial)
    mix = None
    if request.calibration and context.categories:
        mix = context.categories.mix(request.query)
    chosen = _choose(request, dialled, mix, context)
    quotas = _quotas(request, context)
    final = fill_quotas(chosen, request.n, list(quotas.values()))
    return Reranked(final, _figures(dialled.items[: request.n], final.items, mix, quotas))


def _choose(
    request: Request, ranked: Ranked, mix: CategoryMix | None, context: CatalogueContext
) -> Ranked:
    if len(ranked) < 2 or (mix is None and not request.diversity):
        return ranked
    depth = Miscalibration.depth if mix is not None else Redundancy.depth
    candidates = ranked.items[: depth * request.n]
    costs: list[Cost] = []
    if request.diversity:
        costs.append(Redundancy(request.diversity, candidates, context.similarity))
    if mix is not None:
        costs.append(Miscalibration(request.calibration, mix, candidates))
    return choose(ranked, request.n, costs, len(candidates))


def _quotas(request: Request, context: CatalogueContext) -> dict[str, ExposureQuota]:
    quotas = {}
    if request.min_tail_share:
        quotas["tail_places"] = ExposureQuota(request.min_tail_share, ~context.head)
    if request.min_provider_share and context.seldom_met is not None:
        quotas["provider_places"] = ExposureQuota(request.min_provider_share, context.seldom_met)
    if request.min_newer_share and context.newer is not None:
        quotas["newer_places"] = ExposureQuota(request.min_newer_share, context.newer)
    return quotas


def _figures(
    before: IntArray, after: IntArray, mix: CategoryMix | None, quotas: Mapping[str, ExposureQuota]
) -> dict[str, float]:
    """Each figure of the list before (``_before``) and after diversity, calibration and quotas."""
    figures: dict[str, float] = {}
    for state, items in (("_before", before), ("", after)):
        if mix is not None:
            figures[f"miscalibration{state}"] = mix.divergence_of(items)
        figures |= {name + state: int(quota.members[items].sum()) for name, quota in quotas.items()}
    return figures


def popularity_of(counts: IntArray, head: BoolArray) -> NDArray[np.float64]:
    """(n_items,) log1p of the people per item; no head item is below a tail item.

    This order makes the dial monotone: turning it up never brings a head item into a list, whatever
    the scores are.
    """
    popularity = np.log1p(counts.astype(np.float64))
    most_in_tail = popularity[~head].max(initial=0.0)
    return np.where(head, np.maximum(popularity, most_in_tail), popularity)


def apply_dial(ranked: Ranked, dial: Dial) -> Ranked:
    """Order by the score with the dial's amounts."""
    if not dial.strength and not dial.bonus:
        return ranked
    return ranked.by(ranked.scores + dial.amounts(ranked.items))


def category_likeness(categories: sp.csr_matrix, items: IntArray) -> NDArray[np.float32]:
    """(n, n) cosine similarity of the items' categories; 0 for items without categories.

    ``categories``: (n_items, n_categories) 0/1 matrix.
    """
    rows = categories[items]
    sizes = np.sqrt(np.maximum(1, np.diff(rows.indptr)))
    cosines: FloatArray = ((rows @ rows.T).toarray() / np.outer(sizes, sizes)).astype(np.float32)
    return cosines
