"""The third stage: the person's wish for less known items, a minimum of tail, and variety."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.stages.ranking import Ranked
from recommender.engine.types import BoolArray, IntArray, Part

Similarity = Callable[[IntArray], NDArray]
"""From (n,) items to their (n, n) likeness, 1 = the same."""

FULL_STRENGTH = 2.0
"""At dial 1 an item loses so many spreads of the person's scores for each e-fold of its popularity."""

TAIL_DIAL = "tail_dial"
"""The dial's name among the parts of a score."""

DIVERSITY_DEPTH = 5
"""A varied list of n is chosen from the best 5 n: deeper, variety would be bought with unfitting items."""


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

    def explain(self, item: int) -> list[Part]:
        """The dial's part in the item's score; none where it adds nothing."""
        amount = float(self.amounts(np.array([item], dtype=np.int32))[0])
        return [Part(TAIL_DIAL, amount)] if amount else []


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


def diversify(ranked: Ranked, n: int, wish: float, similarity: Similarity) -> Ranked:
    """Choose n entries one after another, each good and unlike those before it; scores stay as they are.

    Args:
        ranked: best first; only the best 5 n are looked at.
        n: how many to choose.
        wish: 0 … 1; 0 is the order of the scores, 1 only unlikeness.
        similarity: the likeness of items.

    Source: Carbonell, Goldstein 1998, the use of MMR, diversity-based reranking.
    """
    if not wish or len(ranked) < 2:
        return ranked
    pool = ranked.take(np.arange(min(len(ranked), DIVERSITY_DEPTH * n)))
    likeness, worth = similarity(pool.items), _unit_range(pool.scores)
    left = np.ones(len(ranked), dtype=bool)
    chosen, nearest = [0], likeness[0].astype(np.float64)
    left[0] = False
    while len(chosen) < min(n, len(pool)):
        value = np.where(left[: len(pool)], (1 - wish) * worth - wish * nearest, -np.inf)
        chosen.append(int(np.argmax(value)))
        left[chosen[-1]] = False
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    return ranked.take(np.concatenate((chosen, np.flatnonzero(left))))


def keep_tail(ranked: Ranked, n: int, share: float, head: BoolArray) -> Ranked:
    """The first n entries, of which at least ``share`` (rounded up) tail items as far as there are any.

    The best tail entries below place n take the places of the worst head entries above it; the order stays.
    """
    in_tail = ~head[ranked.items]
    above, below = np.flatnonzero(~in_tail[:n]), n + np.flatnonzero(in_tail[n:])
    lacking = math.ceil(share * min(n, len(ranked)) - 1e-9) - int(in_tail[:n].sum())
    swaps = max(0, min(lacking, len(above), len(below)))
    kept = np.setdiff1d(np.arange(min(n, len(ranked))), above[len(above) - swaps :])
    return ranked.take(np.concatenate((kept, below[:swaps])))


def category_likeness(categories: sp.csr_matrix, items: IntArray) -> NDArray[np.float32]:
    """(n, n) cosine of the items' rows of an (n_items, n_categories) 0/1 matrix; 0 for items without categories."""
    rows = categories[items]
    sizes = np.sqrt(np.maximum(1, np.diff(rows.indptr)))
    return ((rows @ rows.T).toarray() / np.outer(sizes, sizes)).astype(np.float32)


def _unit_range(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    lowest, width = scores.min(), np.ptp(scores)
    return (scores - lowest) / (width or 1.0)
