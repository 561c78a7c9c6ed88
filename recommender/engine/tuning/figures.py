"""Figures of lists on a slice, from scores of its candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.tuning.score_cache import LISTED, ScoreCache

LIST_LENGTH = 10
DEEP = 30
"""NDCG is averaged over both lengths: the longer one has more hits, so it is less noisy."""


@dataclass(frozen=True)
class Figures:
    """``ndcg``: mean over the lengths. Recalls are at 10; 0 without such items.

    ``breadth``: distinct items in the lists, per position. ``cold_error``: the standard error of
    the cold recall over people.
    """

    ndcg: float
    ndcg_at_10: float
    tail_recall: float
    cold_recall: float
    breadth: float
    cold_error: float = 0.0


def figures_of(score_cache: ScoreCache, scores: FloatArray) -> Figures:
    """Figures of the lists by these scores (questions, width)."""
    ranks = Ranks(score_cache, scores, DEEP)
    at_10 = ranks.ndcg(LIST_LENGTH)
    cold = ranks.recalls(score_cache.cold, score_cache.wanted_cold, LIST_LENGTH)
    return Figures(
        ndcg=(at_10 + ranks.ndcg(DEEP)) / 2,
        ndcg_at_10=at_10,
        tail_recall=_mean(ranks.recalls(score_cache.tail, score_cache.wanted_tail, LIST_LENGTH)),
        cold_recall=_mean(cold),
        breadth=ranks.breadth(LIST_LENGTH),
        cold_error=float(cold.std() / np.sqrt(len(cold))) if len(cold) else 0.0,
    )


class Ranks:
    """Ranks of the relevant items, for the figures; much faster than whole lists.

    ``ranks`` (n,): from 0 on; the mean rank of ties; inf below the first ``n``.
    """

    def __init__(self, score_cache: ScoreCache, scores: FloatArray, n: int) -> None:
        self.score_cache, self.scores = score_cache, scores
        self.rows, self.columns = score_cache.right
        n = min(n, scores.shape[1])
        self.best: FloatArray = np.partition(scores, -n, axis=1)[:, -n:]
        values = scores[self.rows, self.columns]
        reached = np.flatnonzero((values >= self.best[self.rows, 0]) & (values > LISTED))
        rivals, own = self.best[self.rows[reached]], values[reached, None]
        self.ranks = np.full(len(values), np.inf)
        self.ranks[reached] = (rivals > own).sum(axis=1) + ((rivals == own).sum(axis=1) - 1) / 2

    def ndcg(self, k: int) -> float:
        listed = self.ranks < k
        gains = np.bincount(
            self.rows[listed], 1 / np.log2(self.ranks[listed] + 2), len(self.score_cache.wanted)
        )
        ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))[
            np.minimum(k, self.score_cache.wanted) - 1
        ]
        return float((gains / ideal).mean())

    def recalls(self, of: BoolArray, wanted: NDArray[np.int64], k: int) -> NDArray[np.float64]:
        """Recall of the relevant items in ``of``, of each question that has some."""
        asked = wanted > 0
        hits = np.bincount(
            self.rows[(self.ranks < k) & of[self.rows, self.columns]], minlength=len(wanted)
        )
        return np.asarray(hits[asked] / np.minimum(k, wanted[asked]), dtype=np.float64)

    def breadth(self, k: int) -> float:
        k = min(k, self.best.shape[1])
        least = np.partition(self.best, -k, axis=1)[:, -k]
        listed = self.score_cache.items[self.scores >= np.maximum(least, LISTED)[:, None]]
        return int(np.count_nonzero(np.bincount(listed))) / max(1, len(listed))


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0
