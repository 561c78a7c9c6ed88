"""Popularity over the whole log, or recent popularity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.sparse import position_of
from recommender.engine.scorers.base import Scorer


@dataclass(frozen=True)
class PopularityParams:
    """Parameters of popularity.

    Attributes:
        half_life: share of the log after which an interaction counts half; None = no decay.
            A share, not days: one value suits busy and quiet catalogues and ordinal times.
        seasoned: number of each user's first interactions that do not count, because new users
            take other items than returning users.
    """

    half_life: float | None = None
    seasoned: int = 0


class Popularity(Scorer):
    """The item's interactions, decayed by age; equal for all users. 0 without interactions."""

    name: ClassVar[str] = "popularity"
    same_for_all: ClassVar[bool] = True
    params: PopularityParams
    amounts: FloatArray | None = None

    def __init__(self, params: PopularityParams | None = None) -> None:
        self.params = params or PopularityParams()

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        weights = np.log2(1 + train.log.weights)
        if self.params.half_life is not None and len(train.log):
            newer = 1 - np.searchsorted(train.log.times, train.log.times, side="right") / len(
                train.log
            )
            weights = weights * 0.5 ** (newer / self.params.half_life)
        if self.params.seasoned:
            weights = weights * (position_of(train.log.users) >= self.params.seasoned)
        self.amounts = np.bincount(train.log.items, weights, train.n_items).astype(np.float32)
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        return np.tile(self._fitted("amounts"), (len(queries), 1))

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        amounts: FloatArray = self._fitted("amounts")
        return amounts.copy() if items is None else amounts[items]

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        return wanted.first(self._order)

    @cached_property
    def _order(self) -> IntArray:
        """The items with a score, best first."""
        amounts = self._fitted("amounts")
        order = np.argsort(-amounts, kind="stable").astype(np.int32)
        return order[: int((amounts > 0).sum())]

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return [Contribution(self.name, float(self._fitted("amounts")[item]))]

    def get_state(self) -> dict[str, np.ndarray]:
        return {"amounts": self._fitted("amounts")}

    @classmethod
    def from_state(cls, params: PopularityParams, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer.amounts = state["amounts"]
        return scorer


@dataclass(frozen=True)
class RecentPopularityParams(PopularityParams):
    half_life: float | None = 0.03


class RecentPopularity(Popularity):
    name: ClassVar[str] = "recent_popularity"

    def __init__(self, params: PopularityParams | None = None) -> None:
        super().__init__(params or RecentPopularityParams())
