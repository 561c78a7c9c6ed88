"""Base of item-kNN, transitions and the linear model: a sum of one weight row per past item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import BoolArray, Contribution, FloatArray, Query
from recommender.engine.runtime.sparse import as_state, entries, from_state, history_matrix
from recommender.engine.scorers.base import Scorer


class NeighbourScorer(Scorer):
    """score(i) = sum over past items h of weight(h) * weights[h, i].

    Fitted: ``weights`` (n_items, n_items), sparse with a bounded number of entries per row, and
    ``known`` (n_items,): an item that is not known scores NaN.
    """

    weights: sp.csr_matrix | None = None
    known: BoolArray

    def __init__(self, params: Any) -> None:
        self.params = params

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        weights = self._fitted("weights")
        scores: FloatArray = (history_matrix(queries, weights.shape[0]) @ weights).toarray()
        scores = scores.astype(np.float32, copy=False)
        scores[:, ~self.known] = np.nan
        return scores

    def score(self, query: Query, items: np.ndarray | None = None) -> FloatArray:
        weights = self._fitted("weights")
        scores = np.zeros(weights.shape[1], dtype=np.float32)
        for past, weight in zip(query.history, query.weights, strict=True):
            row = slice(weights.indptr[past], weights.indptr[past + 1])
            scores[weights.indices[row]] += weight * weights.data[row]
        scores[~self.known] = np.nan
        return scores if items is None else scores[items]

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        weights, wanted = self._fitted("weights"), np.asarray(items, dtype=np.int64)
        found: list[list[Contribution]] = [[] for _ in items]
        for past, weight in _pairs(query):
            amounts = np.where(self.known[wanted], weight * entries(weights, past, wanted), 0.0)
            for at in np.flatnonzero(amounts).tolist():
                found[at].append(Contribution(self.name, float(amounts[at]), item=past))
        return found

    def get_state(self) -> dict[str, np.ndarray]:
        return as_state("weights", self._fitted("weights")) | {"known": self.known}

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer.weights = from_state("weights", state, len(state["known"]))
        scorer.known = np.asarray(state["known"])
        return scorer


def _pairs(query: Query) -> list[tuple[int, float]]:
    return list(zip(query.history.tolist(), query.weights.tolist(), strict=True))
