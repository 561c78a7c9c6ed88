"""Predicted stars: factors learnt of ratings and content, and a person placed among them by their own stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.ratings import ratings_of
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.ratings.factors import (
    FactorParams,
    Factors,
    designs,
    factorise,
    seconds,
    shared_spread,
)
from recommender.engine.scorers.ratings.features import RatingFeatures, read_features

Matrix = NDArray[np.float64]

STATE = ("known", "rows", "seconds", "shared", "tastes", "choices", "of_anybody", "numbers")
PRECISION = 2
"""The last row of ``of_anybody``; the first two are the prior of a person and its slope by how much they rated."""

CENTRE, NOISE, ACTIVITY, ACTIVITY_SCALE, LEAST, MOST = range(6)
"""Of ``numbers``."""


@dataclass(frozen=True)
class RatingParams:
    """``rounds``: after them the mean square on held-out ratings stands still; ``ridge``: against believing features;
    ``directions``: kept of who rated what at all. Chosen on inner slices of the training ratings."""

    factors: int = 8
    rounds: int = 24
    ridge: float = 10.0
    directions: int = 16


@dataclass(frozen=True)
class _Placed:
    """A person among the factors: their row is ``spread @ (base + evidence.sum(axis=0))``.

    ``items``: (n,) rated; ``evidence``: (n, k + 1) what each of them adds; ``base``: (k + 1,) what is thought of
    anybody who rated as many.
    """

    items: IntArray
    spread: Matrix
    evidence: Matrix
    base: Matrix


class Rating(Scorer):
    """score(i) = predicted stars - mean of all stars = b_i + b_u + p_u · q_i.

    The items' rows ``[b_i, q_i]`` are learnt (see ``rating_factors``); the person's is their exact posterior given
    their own stars of this moment, linear in them, so that each past rating's share of a prediction is known.
    NaN for a person without ratings, and for an item without ratings and without content.
    """

    name: ClassVar[str] = "rating"
    params: RatingParams
    known: BoolArray
    rows: FloatArray | None = None
    seconds: FloatArray
    shared: FloatArray
    tastes: FloatArray
    choices: FloatArray
    of_anybody: Matrix
    numbers: Matrix

    def __init__(self, params: RatingParams | None = None) -> None:
        self.params = params or RatingParams()

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        ratings = ratings_of(train.log)
        features = read_features(ratings, train.n_users, train.items, self.params.directions)
        params = FactorParams(self.params.factors, self.params.rounds, self.params.ridge)
        factors = factorise(ratings, features.users, features.items, params, rng)
        scale = (ratings.stars.min(), ratings.stars.max()) if len(ratings) else (0.0, 0.0)
        self._keep(factors, features, scale)
        return self

    def _keep(self, factors: Factors, features: RatingFeatures, scale: tuple[float, float]) -> None:
        items, told, width = factors.items, factors.users.told, factors.items.means.shape[1]
        rated, fitted = items.rated, bool(items.rated.any())
        means = np.where(rated[:, None], items.means, items.prior)
        spread = np.where(rated[:, None, None], items.spread, np.diag(1 / items.precision))
        upper = np.triu_indices(width)
        tastes = 2 + features.tastes.shape[1]
        self.known = (rated | features.described) & fitted
        self.rows = means.astype(np.float32)
        self.seconds = seconds(means, spread)[:, upper[0], upper[1]].astype(np.float32)
        self.shared = shared_spread(spread).astype(np.float32)
        self.tastes = (features.tastes @ told[2:tastes]).astype(np.float32)
        self.choices = (features.choices @ told[tastes:]).astype(np.float32)
        self.of_anybody = np.stack([told[0], told[1], factors.users.precision])
        self.numbers = np.array(
            [factors.centre, factors.noise, features.centre, features.scale, *scale]
        )

    def stars(self, query: Query, items: IntArray | None = None) -> FloatArray:
        """(len(items),) predicted stars within those that occurred, of the whole catalogue when ``items`` is None.

        NaN where the model cannot tell.
        """
        said = self.score(query, items) + np.float32(self.numbers[CENTRE])
        stars: FloatArray = np.clip(
            said, np.float32(self.numbers[LEAST]), np.float32(self.numbers[MOST])
        )
        return stars

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        rows = self._fitted("rows")
        scores = np.full((len(queries), len(rows)), np.nan, dtype=np.float32)
        asked = [at for at, query in enumerate(queries) if len(_rated(query)[0])]
        if asked and self.known.any():
            people = self._rows_of([queries[at] for at in asked])
            scores[asked] = people.astype(np.float32) @ designs(rows).T + rows[:, 0]
            scores[:, ~self.known] = np.nan
        return scores

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        rows = self._fitted("rows")
        placed = self._place(query)
        if placed is None:
            return [[] for _ in items]
        return [self._parts(placed, rows[item]) if self.known[item] else [] for item in items]

    def _parts(self, placed: _Placed, row: FloatArray) -> list[Contribution]:
        """What is thought of the item for anybody, then each past rating's share."""
        looked_at = placed.spread @ designs(row[None])[0]
        shares = zip(placed.items.tolist(), (placed.evidence @ looked_at).tolist(), strict=True)
        base = Contribution(self.name, float(row[0] + placed.base @ looked_at))
        return [base, *(Contribution(self.name, amount, item=item) for item, amount in shares)]

    def _place(self, query: Query) -> _Placed | None:
        items, stars = _rated(query)
        if not len(items) or not self.known.any():
            return None
        n, rows = len(items), self._fitted("rows")[items].astype(np.float64)
        left = stars - self.numbers[CENTRE] - rows[:, 0]
        told = self.tastes[items] / n + self.choices[items] / np.sqrt(n)
        seen = (left[:, None] * designs(rows) + self.shared[items]) / self.numbers[NOISE]
        precision = self.of_anybody[PRECISION]
        square = self.seconds[items].sum(axis=0, dtype=np.float64)[None]
        spread = np.linalg.inv(self._precisions(square)[0])
        return _Placed(
            items, spread, seen + precision * told, precision * self._base(np.array([n]))[0]
        )

    def _rows_of(self, queries: Sequence[Query]) -> Matrix:
        """(len(queries), k + 1): what ``_place`` says of each, for many at a time."""
        rows = self._fitted("rows")
        rated = [_rated(query) for query in queries]
        n = np.array([len(items) for items, _ in rated])
        items = np.concatenate([items for items, _ in rated])
        starts = np.concatenate([[0], np.cumsum(n)])
        shape = (len(queries), len(rows))
        counted = sp.csr_matrix((np.ones(len(items)), items, starts), shape=shape)
        stars = np.concatenate([stars for _, stars in rated])
        left = stars - self.numbers[CENTRE] - rows[items, 0]
        seen = (
            sp.csr_matrix((left, items, starts), shape=shape) @ designs(rows)
            + counted @ self.shared
        )
        told = (
            (counted @ self.tastes) / n[:, None]
            + (counted @ self.choices) / np.sqrt(n)[:, None]
            + self._base(n)
        )
        target = seen / self.numbers[NOISE] + self.of_anybody[PRECISION] * told
        return np.linalg.solve(self._precisions(counted @ self.seconds), target[:, :, None])[
            :, :, 0
        ]

    def _precisions(self, square: Matrix) -> Matrix:
        """(n, k + 1, k + 1) from the packed sums of second moments, (n, (k + 1)(k + 2) / 2)."""
        precision = self.of_anybody[PRECISION]
        width = len(precision)
        full = np.zeros((len(square), width, width))
        upper = np.triu_indices(width)
        full[:, upper[0], upper[1]] = full[:, upper[1], upper[0]] = square
        precise: Matrix = full / self.numbers[NOISE] + np.diag(precision)
        return precise

    def _base(self, n: NDArray[Any]) -> Matrix:
        """(len(n), k + 1): what is thought of anybody with so many ratings."""
        activity = (np.log1p(n) - self.numbers[ACTIVITY]) / self.numbers[ACTIVITY_SCALE]
        base: Matrix = self.of_anybody[0] + activity[:, None] * self.of_anybody[1]
        return base

    def get_state(self) -> dict[str, np.ndarray]:
        self._fitted("rows")
        return {name: getattr(self, name) for name in STATE}

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        for name in STATE:
            setattr(scorer, name, state[name])
        return scorer


def _rated(query: Query) -> tuple[IntArray, FloatArray]:
    """The person's rated items, and the stars."""
    if query.values is None:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    known = ~np.isnan(query.values)
    return query.history[known], query.values[known]
