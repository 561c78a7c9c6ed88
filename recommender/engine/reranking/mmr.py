"""Greedy re-ranking: the value of an entry depends on the entries that were chosen before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import IntArray
from recommender.engine.ranking.ranking import Ranked

Values = NDArray[np.float64]

Similarity = Callable[[IntArray], NDArray[Any]]
"""From (n,) items to their (n, n) similarity, 1 = identical."""

SCALE_DEPTH = 5
"""The best 5 n entries set the scale of the scores: 1 for the first, 0 for the last of them."""


class Cost(Protocol):
    """The cost of choosing a candidate next.

    ``weight``: 0 … 1, how much the cost counts against the scores. ``depth``: candidates to
    consider per item of the list.
    """

    weight: float
    depth: int

    def of_next(self) -> Values:
        """(n_candidates,) the cost of each candidate, given those chosen so far."""

    def choose(self, entry: int) -> None:
        """Update the costs: this candidate was chosen."""


class Redundancy:
    """The cost of a candidate: its similarity to the most similar chosen entry.

    Source: Carbonell, Goldstein 1998, the use of MMR, diversity-based reranking.
    """

    depth = SCALE_DEPTH  # deeper candidates would add variety with poor items

    def __init__(self, weight: float, items: IntArray, similarity: Similarity) -> None:
        self.weight = weight
        self._similarity = similarity(items)
        self._nearest = np.zeros(len(items))

    def of_next(self) -> Values:
        return self._nearest

    def choose(self, entry: int) -> None:
        self._nearest = np.maximum(self._nearest, self._similarity[entry])


def choose(ranked: Ranked, n: int, costs: Sequence[Cost], candidates: int) -> Ranked:
    """The n best entries by score less costs, chosen one by one, then the others in their order.

    The value of an entry is its score on the unit scale times each (1 - weight), less each weight
    times cost. Ties go to the first entry. The scores stay.

    Args:
        ranked: best first.
        n: how many to choose.
        costs: each over the first ``candidates`` entries.
        candidates: how many entries to choose from.
    """
    benefit = unit_scale(ranked.scores[:candidates], SCALE_DEPTH * n) * np.prod(
        [1 - cost.weight for cost in costs]
    )
    left, chosen = np.ones(len(ranked), dtype=bool), []
    for _ in range(min(n, len(benefit))):
        total = sum(cost.weight * cost.of_next() for cost in costs)
        value = np.where(left[: len(benefit)], benefit - total, -np.inf)
        entry = int(np.argmax(value))
        chosen.append(entry)
        left[entry] = False
        for cost in costs:
            cost.choose(entry)
    return ranked.take(np.concatenate((np.array(chosen, dtype=np.int64), np.flatnonzero(left))))


def unit_scale(scores: Values, depth: int) -> Values:
    """Scores, best first, scaled: the best becomes 1, the one at ``depth`` (or the last) 0."""
    lowest = scores[: max(1, depth)][-1]
    scaled: Values = (scores - lowest) / ((scores[0] - lowest) or 1.0)
    return scaled
