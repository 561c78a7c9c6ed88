"""Choosing a list one entry after another, where the worth of an entry depends on what was chosen before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import IntArray
from recommender.engine.ranking.ranking import Ranked

Values = NDArray[np.float64]

Similarity = Callable[[IntArray], NDArray[Any]]
"""From (n,) items to their (n, n) likeness, 1 = the same."""

SCALE_DEPTH = 5
"""Scores are put on the scale of the best 5 n entries: 1 for the first of them, 0 for the last."""


class Cost(Protocol):
    """What it would cost to choose each entry of a pool next.

    ``wish``: 0 … 1, how much that counts beside the scores; ``depth``: entries worth looking at, per place.
    """

    wish: float
    depth: int

    def of_next(self) -> Values:
        """(pool,) the cost of each entry after what was chosen so far."""

    def choose(self, entry: int) -> None:
        """Take note that the entry is chosen."""


class Unlikeness:
    """Likeness to the most similar entry chosen before.

    Source: Carbonell, Goldstein 1998, the use of MMR, diversity-based reranking.
    """

    depth = SCALE_DEPTH  # deeper, variety would be bought with unfitting items

    def __init__(self, wish: float, items: IntArray, similarity: Similarity) -> None:
        self.wish = wish
        self._likeness = similarity(items)
        self._nearest = np.zeros(len(items))

    def of_next(self) -> Values:
        return self._nearest

    def choose(self, entry: int) -> None:
        self._nearest = np.maximum(self._nearest, self._likeness[entry])


def choose(ranked: Ranked, n: int, costs: Sequence[Cost], candidates: int) -> Ranked:
    """The n best entries by score less costs, one after another, then the others in their order; scores stay.

    The value of an entry is its score on the unit scale times every (1 - wish), less every wish times cost. Of equals
    the first wins.

    Args:
        ranked: best first.
        n: how many to choose.
        costs: each over the first ``candidates`` entries.
        pool: how many entries are looked at.
    """
    worth = unit_scale(ranked.scores[:candidates], SCALE_DEPTH * n) * np.prod(
        [1 - cost.wish for cost in costs]
    )
    left, chosen = np.ones(len(ranked), dtype=bool), []
    for _ in range(min(n, len(worth))):
        value = np.where(
            left[: len(worth)], worth - sum(cost.wish * cost.of_next() for cost in costs), -np.inf
        )
        entry = int(np.argmax(value))
        chosen.append(entry)
        left[entry] = False
        for cost in costs:
            cost.choose(entry)
    return ranked.take(np.concatenate((np.array(chosen, dtype=np.int64), np.flatnonzero(left))))


def unit_scale(scores: Values, depth: int) -> Values:
    """Scores, best first, moved and stretched so that the best is 1 and the one at ``depth``, or the last, is 0."""
    lowest = scores[: max(1, depth)][-1]
    scaled: Values = (scores - lowest) / ((scores[0] - lowest) or 1.0)
    return scaled
