"""Variational matrix factorisation of stars: every number with its uncertainty, closed-form steps only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.ratings import Ratings
from recommender.engine.data.types import FloatArray

Matrix = NDArray[np.float64]
Rows = TypeVar("Rows", FloatArray, Matrix)

FIRST_PRECISION, FIRST_NOISE, FIRST_SIZE = 10.0, 0.8, 0.3
"""Where the rounds begin. Factors that begin smaller die in the first round where there are only dozens of people."""

PRIOR_COUNT, PRIOR_SQUARES = 2.0, 0.04
"""What is thought of a factor's variance before anything was seen: so little that a few dozen items outweigh it."""


NOISE_BLOCK = 20_000
"""Ratings at a time, for each brings two covariances along."""


@dataclass
class Side:
    """People, or items: the row ``[bias, factors]`` of each, known up to a covariance.

    ``means``: (n, k + 1); ``spread``: (n, k + 1, k + 1); ``precision``: (k + 1,) of the rows around what their
    features say, ``features @ told``; ``other``: (n_ratings,) the other side's index of each rating, sorted by row.
    """

    features: Matrix
    means: Matrix
    spread: NDArray[np.float64]
    precision: Matrix
    told: Matrix
    other: NDArray[Any]
    stars: Matrix
    starts: NDArray[Any]

    @classmethod
    def of(
        cls, features: Matrix, own: NDArray[Any], other: NDArray[Any], stars: Matrix, first: Matrix
    ) -> Side:
        order = np.argsort(own, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=len(features)))])
        n, width = first.shape
        spread, precision = np.zeros((n, width, width)), np.full(width, FIRST_PRECISION)
        told = np.zeros((features.shape[1], width))
        return cls(features, first, spread, precision, told, other[order], stars[order], starts)

    @property
    def prior(self) -> Matrix:
        return self.features @ self.told

    @property
    def rated(self) -> NDArray[np.bool_]:
        return np.diff(self.starts) > 0


@dataclass(frozen=True)
class Factors:
    """``centre``: mean of the stars; ``noise``: variance of a rating around what the factors say."""

    centre: float
    users: Side
    items: Side
    noise: float


@dataclass(frozen=True)
class FactorParams:
    factors: int
    rounds: int
    ridge: float


def factorise(
    ratings: Ratings,
    about_users: Matrix,
    about_items: Matrix,
    params: FactorParams,
    rng: np.random.Generator,
) -> Factors:
    """Stars of u for i ~ N(centre + b_u + b_i + p_u · q_i, noise), rows ~ N(W' features, 1 / precision).

    Mean-field variational Bayes: each round gives people, then items, their exact posteriors under the other side's,
    sets W by ridge regression, then the precisions and the noise. What was rated seldom stays uncertain and is not
    taken for a fact, as it would be by plain least squares. Memory: 8 (k + 1)² bytes a person and an item.

    Source: Lim and Teh 2007 (variational Bayes for ratings); side information in the prior's mean as in
    Park, Kim, Choi 2013, hierarchical Bayesian matrix factorisation with side information.
    """
    centre = float(ratings.stars.mean()) if len(ratings) else 0.0
    stars = ratings.stars.astype(np.float64) - centre
    width = params.factors + 1
    users = Side.of(
        about_users, ratings.users, ratings.items, stars, _first(len(about_users), width, rng)
    )
    items = Side.of(
        about_items, ratings.items, ratings.users, stars, _first(len(about_items), width, rng)
    )
    noise = FIRST_NOISE
    for _ in range(params.rounds if len(ratings) else 0):
        _settle(users, items, noise, params.ridge)
        _settle(items, users, noise, params.ridge)
        noise = _noise(users, items)
    return Factors(centre, users, items, noise)


def designs(means: Rows) -> Rows:
    """(n, k + 1) rows ``[1, factors]``: what a row's other side is multiplied with."""
    rows = means.copy()
    rows[:, 0] = 1
    return rows


def seconds(means: Matrix, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, k + 1, k + 1) expected outer products of the designs."""
    rows, own = designs(means), spread.copy()
    own[:, 0, :] = 0
    own[:, :, 0] = 0
    products: NDArray[np.float64] = rows[:, :, None] * rows[:, None, :] + own
    return products


def shared_spread(spread: NDArray[np.float64]) -> Matrix:
    """(n, k + 1) what the covariance of bias and factors takes off a target, 0 for the bias itself."""
    taken = -spread[:, :, 0]
    taken[:, 0] = 0
    return taken


def _first(n: int, width: int, rng: np.random.Generator) -> Matrix:
    rows = rng.normal(0, FIRST_SIZE, (n, width))
    rows[:, 0] = 0
    return rows


def _settle(side: Side, other: Side, noise: float, ridge: float) -> None:
    n, width = side.means.shape
    shape = (n, len(other.means))
    counted = sp.csr_matrix((np.ones(len(side.other)), side.other, side.starts), shape=shape)
    left = sp.csr_matrix(
        (side.stars - other.means[side.other, 0], side.other, side.starts), shape=shape
    )
    square = (counted @ seconds(other.means, other.spread).reshape(shape[1], -1)).reshape(
        n, width, width
    )
    target = left @ designs(other.means) + counted @ shared_spread(other.spread)
    side.spread = np.asarray(
        np.linalg.inv(square / noise + np.diag(side.precision)), dtype=np.float64
    )
    side.means = np.einsum("nij,nj->ni", side.spread, target / noise + side.precision * side.prior)
    _learn_prior(side, ridge)


def _learn_prior(side: Side, ridge: float) -> None:
    rated = side.rated
    known = side.features[rated]
    side.told = np.linalg.solve(
        known.T @ known + ridge * np.eye(known.shape[1]), known.T @ side.means[rated]
    )  # type: ignore[assignment]
    off = ((side.means - side.prior)[rated] ** 2).sum(axis=0) + np.einsum(
        "nii->i", side.spread[rated]
    )
    side.precision = (rated.sum() + PRIOR_COUNT) / (off + PRIOR_SQUARES)


def _noise(users: Side, items: Side) -> float:
    """Mean expected square of what the factors leave of the stars."""
    own = np.repeat(np.arange(len(users.means)), np.diff(users.starts))
    total = 0.0
    for start in range(0, len(own), NOISE_BLOCK):
        u, i = own[start : start + NOISE_BLOCK], users.other[start : start + NOISE_BLOCK]
        mine, theirs = designs(users.means[u]), designs(items.means[i])
        said = (
            users.means[u, 0]
            + items.means[i, 0]
            + np.einsum("nk,nk->n", mine[:, 1:], theirs[:, 1:])
        )
        total += ((users.stars[start : start + NOISE_BLOCK] - said) ** 2).sum()
        total += np.einsum("nk,nkl,nl->", theirs, users.spread[u], theirs, optimize=True)
        total += np.einsum("nk,nkl,nl->", mine, items.spread[i], mine, optimize=True)
        total += np.einsum("nkl,nlk->", users.spread[u][:, 1:, 1:], items.spread[i][:, 1:, 1:])
    return total / len(own)
