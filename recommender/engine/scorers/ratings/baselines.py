"""Baselines of rating prediction: the mean, user and item biases, and plain factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.ratings import Ratings
from recommender.engine.data.types import IntArray

Values = NDArray[np.float64]
Predict = Callable[[IntArray, IntArray], Values]
"""(n,) predicted stars of user and item indices."""

PEOPLE_SHRINK, ITEM_SHRINK = 5.0, 3.0
"""Pseudo-ratings at the mean, added to a user's or an item's own."""

FACTORS, RIDGE, ROUNDS = 8, 12.0, 15


@dataclass(frozen=True)
class Habits:
    """``mean`` of all stars, and the biases ``people`` (n_users,) and ``items`` (n_items,)."""

    mean: float
    people: Values
    items: Values

    @classmethod
    def of(cls, train: Ratings, n_users: int, n_items: int, rounds: int = 10) -> Habits:
        mean = float(train.stars.mean())
        left, people, items = train.stars - mean, np.zeros(n_users), np.zeros(n_items)
        for _ in range(rounds):
            items = _shrunk(train.items, left - people[train.users], n_items, ITEM_SHRINK)
            people = _shrunk(train.users, left - items[train.items], n_users, PEOPLE_SHRINK)
        return cls(mean, people, items)

    def predict(self, users: IntArray, items: IntArray) -> Values:
        return self.mean + self.people[users] + self.items[items]


def overall_mean(train: Ratings, n_users: int, n_items: int, rng: np.random.Generator) -> Predict:
    mean = float(train.stars.mean())
    return lambda users, items: np.full(len(users), mean)


def habits(train: Ratings, n_users: int, n_items: int, rng: np.random.Generator) -> Predict:
    """Mean plus user and item bias."""
    return Habits.of(train, n_users, n_items).predict


def plain_factors(train: Ratings, n_users: int, n_items: int, rng: np.random.Generator) -> Predict:
    """Biases, and factors of the residuals by alternating least squares.

    Source: Koren, Bell, Volinsky 2009.
    """
    base = Habits.of(train, n_users, n_items)
    left = train.stars - base.predict(train.users, train.items)
    rated = sp.csr_matrix((left, (train.users, train.items)), shape=(n_users, n_items))
    seen = sp.csr_matrix((np.ones(len(left)), (train.users, train.items)), shape=(n_users, n_items))
    people, things = np.zeros((n_users, FACTORS)), rng.normal(0, 0.1, (n_items, FACTORS))
    for _ in range(ROUNDS):
        people = _least_squares(rated, seen, things)
        things = _least_squares(rated.T.tocsr(), seen.T.tocsr(), people)
    return lambda users, items: (
        base.predict(users, items) + np.einsum("nk,nk->n", people[users], things[items])
    )


def _least_squares(left: sp.csr_matrix, seen: sp.csr_matrix, others: Values) -> Values:
    """(rows, k): one ridge regression per row on the other side's factors."""
    k = others.shape[1]
    square = (seen @ (others[:, :, None] * others[:, None, :]).reshape(len(others), -1)).reshape(
        -1, k, k
    )
    return np.linalg.solve(square + RIDGE * np.eye(k), (left @ others)[:, :, None])[:, :, 0]


def _shrunk(groups: IntArray, values: Values, n: int, shrink: float) -> Values:
    return np.bincount(groups, values, n) / (np.bincount(groups, minlength=n) + shrink)
