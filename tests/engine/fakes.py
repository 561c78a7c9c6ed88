"""Minimal scorers, for tests of the code around scorers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import Contribution, FloatArray, Query
from recommender.engine.scorers.base import Scorer


@dataclass(frozen=True)
class TogetherParams:
    shrink: float = 1.0


class Together(Scorer):
    """Scores items by how often they are taken with the past items; NaN if nobody took them."""

    name: ClassVar[str] = "together"
    weights: FloatArray | None = None

    def __init__(self, params: TogetherParams | None = None) -> None:
        self.params = params or TogetherParams()

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        pairs = (train.matrix.T @ train.matrix).toarray()
        self.weights = (
            pairs / (np.sqrt(np.outer(pairs.diagonal(), pairs.diagonal())) + self.params.shrink)
        ).astype("f4")
        self.weights[:, train.counts == 0] = np.nan
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        weights = self._fitted("weights")
        rows = [(weights[query.history] * query.weights[:, None]).sum(axis=0) for query in queries]
        return np.array(rows, dtype=np.float32).reshape(len(queries), weights.shape[1])

    def explain(self, query: Query, item: int) -> list[Contribution]:
        amounts = self._fitted("weights")[query.history, item] * query.weights
        pairs = zip(query.history.tolist(), amounts.tolist(), strict=True)
        return [
            Contribution(self.name, amount, item=past)
            for past, amount in pairs
            if not np.isnan(amount)
        ]

    def get_state(self) -> dict[str, np.ndarray]:
        return {"weights": self._fitted("weights")}

    @classmethod
    def from_state(cls, params: TogetherParams, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer.weights = state["weights"]
        return scorer


class Fixed(Scorer):
    """The same fixed scores for everyone; ``components`` as in a hybrid."""

    name: ClassVar[str] = "fixed"
    params = TogetherParams()

    def __init__(
        self, scores: Sequence[float], name: str = "fixed", components: Sequence[Scorer] = ()
    ) -> None:
        self.scores = np.asarray(scores, dtype=np.float32)
        self.name = name  # type: ignore[misc]
        self.components = tuple(components)

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        return np.tile(self.scores, (len(queries), 1))

    def explain(self, query: Query, item: int) -> list[Contribution]:
        if np.isnan(self.scores[item]):
            return []
        return [Contribution(self.name, float(self.scores[item]))]

    def get_state(self) -> dict[str, np.ndarray]:
        return {"scores": self.scores}

    @classmethod
    def from_state(cls, params: TogetherParams, state: dict[str, np.ndarray]) -> Self:
        return cls(state["scores"].tolist())
