"""Predicted stars: factors of ratings and content; the user's row comes from their own ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.ratings import rated, ratings_of
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
"""The last row of ``of_anybody``; the first two are a user's prior mean and its activity slope."""

CENTRE, NOISE, ACTIVITY, ACTIVITY_SCALE, LEAST, MOST = range(6)
"""Positions in ``numbers``."""


@dataclass(frozen=True)
class RatingParams:
    """Parameters of the rating model, chosen on inner slices of the training ratings.

    Attributes:
        rounds: after so many the mean squared error on held-out ratings no longer falls.
        ridge: of the regression on the features.
        directions: singular vectors of the rated-or-not matrix.
    """

    factors: int = 8
    rounds: int = 24
    ridge: float = 10.0
    directions: int = 16


@dataclass(frozen=True)
class _UserPosterior:
    """A user's row is ``spread @ (base + evidence.sum(axis=0))``.

    Attributes:
        items: (n,) rated items.
        spread: (k + 1, k + 1) covariance.
        evidence: (n, k + 1) contribution of each rating.
        base: (k + 1,) contribution of the prior for a user with as many ratings.
    """

    items: IntArray
    spread: Matrix
    evidence: Matrix
    base: Matrix


class Rating(Scorer):
    """score(i) = predicted stars - mean of all stars = b_i + b_u + p_u · q_i.

    The items' rows ``[b_i, q_i]`` are fitted (see ``factors``). The user's row is the exact
    posterior given their current stars. It is linear in the stars, so each past rating has a
    contribution to a prediction. NaN for a user without ratings, and for an item with neither
    ratings nor content.
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
        ratings = ratings_of(rated(train))
        features = read_features(ratings, train.n_users, train.items, self.params.directions)
        params = FactorParams(self.params.factors, self.params.rounds, self.params.ridge)
        factors = factorise(ratings, features.users, features.items, params, rng)
        scale = (ratings.stars.min(), ratings.stars.max()) if len(ratings) else (0.0, 0.0)
        self._store(factors, features, scale)
        return self

    def _store(
        self, factors: Factors, features: RatingFeatures, scale: tuple[float, float]
    ) -> None:
        items, width = factors.items, factors.items.means.shape[1]
        prior_weights = factors.users.prior_weights
        rated, fitted = items.rated, bool(items.rated.any())
        means = np.where(rated[:, None], items.means, items.prior)
        spread = np.where(rated[:, None, None], items.spread, np.diag(1 / items.precision))
        upper = np.triu_indices(width)
        tastes = 2 + features.tastes.shape[1]
        self.known = (rated | features.described) & fitted
        self.rows = means.astype(np.float32)
        self.seconds = seconds(means, spread)[:, upper[0], upper[1]].astype(np.float32)
        self.shared = shared_spread(spread).astype(np.float32)
        self.tastes = (features.tastes @ prior_weights[2:tastes]).astype(np.float32)
        self.choices = (features.choices @ prior_weights[tastes:]).astype(np.float32)
        self.of_anybody = np.stack([prior_weights[0], prior_weights[1], factors.users.precision])
        self.numbers = np.array(
            [factors.centre, factors.noise, features.centre, features.scale, *scale]
        )

    def stars(self, query: Query, items: IntArray | None = None) -> FloatArray:
        """(len(items),) predicted stars, clipped to the range of the training stars.

        (n_items,) of the whole catalogue if ``items`` is None. NaN without a prediction.
        """
        predicted = self.score(query, items) + np.float32(self.numbers[CENTRE])
        stars: FloatArray = np.clip(
            predicted, np.float32(self.numbers[LEAST]), np.float32(self.numbers[MOST])
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

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        if items is None:
            return np.asarray(self.score_batch([query])[0])
        posterior = self._posterior(query)
        if posterior is None:
            return np.full(len(items), np.nan, dtype=np.float32)
        rows = self._fitted("rows")[items]
        person = posterior.spread @ (posterior.base + posterior.evidence.sum(axis=0))
        scores = (designs(rows) @ person + rows[:, 0]).astype(np.float32)
        scores[~self.known[items]] = np.nan
        return np.asarray(scores)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        rows = self._fitted("rows")
        posterior = self._posterior(query)
        if posterior is None:
            return [[] for _ in items]
        return [
            self._contributions(posterior, rows[item]) if self.known[item] else [] for item in items
        ]

    def _contributions(self, posterior: _UserPosterior, row: FloatArray) -> list[Contribution]:
        """The general contribution, then that of each past rating."""
        direction = posterior.spread @ designs(row[None])[0]
        amounts = (posterior.evidence @ direction).tolist()
        pairs = zip(posterior.items.tolist(), amounts, strict=True)
        base = Contribution(self.name, float(row[0] + posterior.base @ direction))
        return [base, *(Contribution(self.name, amount, item=item) for item, amount in pairs)]

    def _posterior(self, query: Query) -> _UserPosterior | None:
        items, stars = _rated(query)
        if not len(items) or not self.known.any():
            return None
        n, rows = len(items), self._fitted("rows")[items].astype(np.float64)
        left = stars - self.numbers[CENTRE] - rows[:, 0]
        prior = self.tastes[items] / n + self.choices[items] / np.sqrt(n)
        seen = (left[:, None] * designs(rows) + self.shared[items]) / self.numbers[NOISE]
        precision = self.of_anybody[PRECISION]
        square = self.seconds[items].sum(axis=0, dtype=np.float64)[None]
        spread = np.linalg.inv(self._precisions(square)[0])
        return _UserPosterior(
            items, spread, seen + precision * prior, precision * self._base(np.array([n]))[0]
        )

    def _rows_of(self, queries: Sequence[Query]) -> Matrix:
        """(len(queries), k + 1) rows of many users at once; the same as ``_posterior`` gives."""
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
        prior = (
            (counted @ self.tastes) / n[:, None]
            + (counted @ self.choices) / np.sqrt(n)[:, None]
            + self._base(n)
        )
        target = seen / self.numbers[NOISE] + self.of_anybody[PRECISION] * prior
        return np.linalg.solve(self._precisions(counted @ self.seconds), target[:, :, None])[
            :, :, 0
        ]

    def _precisions(self, square: Matrix) -> Matrix:
        """(n, k + 1, k + 1) from the packed sums of second moments (n, (k + 1)(k + 2) / 2)."""
        precision = self.of_anybody[PRECISION]
        width = len(precision)
        full = np.zeros((len(square), width, width))
        upper = np.triu_indices(width)
        full[:, upper[0], upper[1]] = full[:, upper[1], upper[0]] = square
        precise: Matrix = full / self.numbers[NOISE] + np.diag(precision)
        return precise

    def _base(self, n: NDArray[Any]) -> Matrix:
        """(len(n), k + 1) prior means of users with ``n`` ratings."""
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
    """The user's rated items and their stars, those of turned down items last."""
    low = [each for each in query.negative_feedback if each.value == each.value]
    items = np.array([each.item for each in low], dtype=np.int32)
    stars = np.array([each.value for each in low], dtype=np.float32)
    if query.values is None:
        return items, stars
    known = ~np.isnan(query.values)
    return (
        np.concatenate([query.history[known], items]),
        np.concatenate([query.values[known], stars]),
    )
