"""Base of item-kNN, transitions and the linear model: a sum of one weight row per past item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.positions import distinct
from recommender.engine.runtime.sparse import (
    as_state,
    columns_of,
    from_state,
    history_matrix,
    pairs_in,
    row_squares,
    weighted_rows,
)
from recommender.engine.scorers.base import Scorer, contributions_of


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
        [scores] = self.score_reweighted([query], items)
        return scores

    def score_reweighted(
        self, queries: Sequence[Query], items: IntArray | None = None
    ) -> Sequence[FloatArray]:
        weights, matrices = [query.weights for query in queries], self._matrices
        unknown = ~(self.known if items is None else self.known[items])
        first, *more = (
            weighted_rows(matrix, queries[0].history, weights, items) for matrix in matrices
        )
        found = [np.asarray(sum(sums)) for sums in zip(first, *more, strict=True)]
        for scores in found:
            scores[unknown] = np.nan
        return found

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        reached = [columns_of(matrix, query.history) for matrix in self._matrices]
        items = distinct(np.concatenate(reached), len(self.known))
        return wanted.best(items, np.nan_to_num(self.score(query, items)))

    @cached_property
    def sizes(self) -> FloatArray:
        return np.sqrt(sum(row_squares(matrix) for matrix in self._matrices))

    @property
    def _matrices(self) -> Sequence[sp.csr_matrix]:
        """Matrices whose sum are the weights."""
        return (self._fitted("weights"),)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        amounts = self.pair_weights(query.history, items) * query.weights[:, None]
        return contributions_of(self.name, query.history, amounts)

    def pair_weights(self, history: IntArray, items: Sequence[int]) -> FloatArray:
        """(len(history), len(items)) the weight of each past item for each item."""
        found = pairs_in(self._fitted("weights"), history, items)
        found[:, ~self.known[np.asarray(items, dtype=np.int64)]] = 0
        return found

    def get_state(self) -> dict[str, np.ndarray]:
        return as_state("weights", self._fitted("weights")) | {"known": self.known}

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer.weights = from_state("weights", state, len(state["known"]))
        scorer.known = np.asarray(state["known"])
        return scorer
