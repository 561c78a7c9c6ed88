"""Variational matrix factorisation of stars with closed-form steps and posterior covariances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.ratings import Ratings
from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.part_done import part_done

Matrix = NDArray[np.float64]
Rows = TypeVar("Rows", FloatArray, Matrix)

FIRST_PRECISION, FIRST_NOISE, FIRST_SIZE = 10.0, 0.8, 0.3
"""Start values. Smaller factors vanish in the first round if there are only dozens of users."""

PRIOR_COUNT, PRIOR_SQUARES = 2.0, 0.04
"""The prior of a factor's variance: weak, so that a few dozen items outweigh it."""


NOISE_BLOCK = 20_000
"""Ratings per block: each needs two covariances in memory."""


@dataclass
class Side:
    """The users, or the items: the posterior of each row ``[bias, factors]``.

    Attributes:
        features: (n, d).
        means: (n, k + 1).
        spread: (n, k + 1, k + 1) covariances.
        precision: (k + 1,) of the rows around their prior means.
        prior_weights: (d, k + 1); the prior means are ``features @ prior_weights``.
        other: (n_ratings,) the other side's index of each rating, sorted by row.
        stars: (n_ratings,) centred, in the same order.
        starts: (n + 1,) first rating of each row.
    """

    features: Matrix
    means: Matrix
    spread: NDArray[np.float64]
    precision: Matrix
    prior_weights: Matrix
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
        prior_weights = np.zeros((features.shape[1], width))
        return cls(
            features, first, spread, precision, prior_weights, other[order], stars[order], starts
        )

    @property
    def prior(self) -> Matrix:
        return self.features @ self.prior_weights

    @property
    def rated(self) -> NDArray[np.bool_]:
        return np.diff(self.starts) > 0


@dataclass(frozen=True)
class Factors:
    """``centre``: mean of the stars; ``noise``: variance of a rating around its prediction."""

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
    """Fit stars of u for i ~ N(centre + b_u + b_i + p_u · q_i, noise).

    Rows ~ N(W' features, 1 / precision). Mean-field variational Bayes: each round computes the
    exact posteriors of the users, then of the items, given the other side; then W by ridge
    regression, the precisions and the noise. Unlike with plain least squares, rows with few
    ratings stay uncertain. Memory: 8 (k + 1)² bytes per user and per item.

    Source: Lim and Teh 2007 (variational Bayes for ratings); side information in the prior's mean
    as in Park, Kim, Choi 2013, hierarchical Bayesian matrix factorisation with side information.
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
        _update_posterior(users, items, noise, params.ridge)
        _update_posterior(items, users, noise, params.ridge)
        noise = _noise(users, items)
        part_done()
    return Factors(centre, users, items, noise)


def designs(means: Rows) -> Rows:
    """(n, k + 1) rows ``[1, factors]``, which the other side's rows are multiplied with."""
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
    """(n, k + 1) correction of a target by the covariance of bias and factors; 0 for the bias."""
    taken = -spread[:, :, 0]
    taken[:, 0] = 0
    return taken


def _first(n: int, width: int, rng: np.random.Generator) -> Matrix:
    rows = rng.normal(0, FIRST_SIZE, (n, width))
    rows[:, 0] = 0
    return rows


def _update_posterior(side: Side, other: Side, noise: float, ridge: float) -> None:
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
    side.prior_weights = np.linalg.solve(
        known.T @ known + ridge * np.eye(known.shape[1]), known.T @ side.means[rated]
    )  # type: ignore[assignment]
    off = ((side.means - side.prior)[rated] ** 2).sum(axis=0) + np.einsum(
        "nii->i", side.spread[rated]
    )
    side.precision = (rated.sum() + PRIOR_COUNT) / (off + PRIOR_SQUARES)


def _noise(users: Side, items: Side) -> float:
    """Mean expected squared residual of the stars."""
    own = np.repeat(np.arange(len(users.means)), np.diff(users.starts))
    total = 0.0
    for start in range(0, len(own), NOISE_BLOCK):
        u, i = own[start : start + NOISE_BLOCK], users.other[start : start + NOISE_BLOCK]
        mine, theirs = designs(users.means[u]), designs(items.means[i])
        predicted = (
            users.means[u, 0]
            + items.means[i, 0]
            + np.einsum("nk,nk->n", mine[:, 1:], theirs[:, 1:])
        )
        total += ((users.stars[start : start + NOISE_BLOCK] - predicted) ** 2).sum()
        total += np.einsum("nk,nkl,nl->", theirs, users.spread[u], theirs, optimize=True)
        total += np.einsum("nk,nkl,nl->", mine, items.spread[i], mine, optimize=True)
        total += np.einsum("nkl,nlk->", users.spread[u][:, 1:, 1:], items.spread[i][:, 1:, 1:])
    return total / len(own)
