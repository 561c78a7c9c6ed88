"""Features of the rating model beside the stars: item content, and which items each user rated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from recommender.engine.data.dataset import Items
from recommender.engine.data.ratings import Ratings
from recommender.engine.text.tfidf import item_tfidf

Matrix = NDArray[np.float64]

TERMS, FEWEST_ITEMS, MOST_ITEMS = 64, 5, 0.9
"""Most content columns: the commonest words and categories, of at least ``FEWEST_ITEMS`` items
and at most the share ``MOST_ITEMS`` of the items."""

TASTE_WEIGHT = 0.5
"""Weight of a user's mean content beside the other features (each of deviation 1), because many
of its columns are correlated."""


@dataclass(frozen=True)
class RatingFeatures:
    """Features of items and users.

    A user's features are sums over the rated items, so that they exist for new users too:
    ``[1, (log1p(n) - centre) / scale, mean of tastes, sum of choices / sqrt(n)]`` with n ratings.

    Attributes:
        items: (n_items, d).
        users: (n_users, e).
        tastes: (n_items, c) content.
        choices: (n_items, s) directions of who rated what.
        centre: mean of log1p(n).
        scale: deviation of log1p(n).
        described: (n_items,) whether the item has content.
    """

    items: Matrix
    users: Matrix
    tastes: Matrix
    choices: Matrix
    centre: float
    scale: float
    described: NDArray[np.bool_]


def read_features(ratings: Ratings, n_users: int, items: Items, directions: int) -> RatingFeatures:
    """``directions``: number of singular vectors of the rated-or-not matrix."""
    content = content_of(items)
    rated = sp.csr_matrix(
        (np.ones(len(ratings)), (ratings.users, ratings.items)), shape=(n_users, len(items))
    )
    mine, theirs = (np.asarray(rated.sum(axis=axis)).ravel() for axis in (1, 0))
    right, strength = _co_rated(rated, mine, theirs, directions)
    seen = theirs > 0
    columns = [_standard(np.log1p(np.maximum(theirs, 1))[:, None], seen), content]
    about_items = np.hstack(
        [np.ones((len(items), 1)), *columns, right * strength * np.sqrt(len(items))]
    )
    choices = right * _root(theirs)[:, None] * np.sqrt(n_users)
    means = sp.diags(_reciprocal(mine)) @ rated @ content
    people = mine > 0
    tastes = TASTE_WEIGHT * (content - _mean(means, people)) / _deviation(means, people)
    activity = np.log1p(mine)
    centre, scale = (
        float(_mean(activity[:, None], people)[0]),
        float(_deviation(activity[:, None], people)[0]),
    )
    about_users = [
        np.ones((n_users, 1)),
        ((activity - centre) / scale)[:, None],
        sp.diags(_reciprocal(mine)) @ rated @ tastes,
        sp.diags(_root(mine)) @ rated @ choices,
    ]
    return RatingFeatures(
        about_items,
        np.hstack(about_users),
        tastes,
        choices,
        centre,
        scale,
        (content > 0).any(axis=1),  # type: ignore[arg-type]
    )


def content_of(items: Items) -> Matrix:
    """(n_items, c) rows of length 1 over the commonest terms."""
    table = item_tfidf(items).matrix.tocsc()
    frequency = np.diff(table.indptr)
    common = np.argsort(-frequency, kind="stable")
    usable = (frequency[common] >= FEWEST_ITEMS) & (frequency[common] <= MOST_ITEMS * len(items))
    known = (table[:, common[usable][:TERMS]].toarray() > 0).astype(float)
    weighed: Matrix = known * _root(known.sum(axis=1))[:, None]
    return weighed


def _co_rated(
    rated: sp.csr_matrix, mine: Matrix, theirs: Matrix, directions: int
) -> tuple[Matrix, Matrix]:
    """(n_items, s) right singular vectors and (s,) singular values of the scaled matrix.

    Rows and columns are divided by the square roots of their counts.
    """
    scaled = sp.diags(_root(mine)) @ rated @ sp.diags(_root(theirs))
    smaller = min(scaled.shape)
    if not rated.nnz or smaller < 2:
        return np.zeros((scaled.shape[1], 0)), np.zeros(0)
    rank = min(directions, smaller - 1)
    _, strength, right = svds(scaled, rank, v0=np.ones(smaller))
    return right.T, strength


def _standard(rows: Matrix, among: NDArray[Any]) -> Matrix:
    return (rows - _mean(rows, among)) / _deviation(rows, among)


def _mean(rows: Matrix, among: NDArray[Any]) -> Matrix:
    return rows[among].mean(axis=0) if among.any() else np.zeros(rows.shape[1])


def _deviation(rows: Matrix, among: NDArray[Any]) -> Matrix:
    """Standard deviation of each column; 1 for a constant column."""
    found = rows[among].std(axis=0) if among.any() else np.zeros(rows.shape[1])
    return np.where(found > 1e-9, found, 1.0)


def _reciprocal(counts: Matrix) -> Matrix:
    return np.divide(1, counts, out=np.zeros(len(counts)), where=counts > 0)


def _root(counts: Matrix) -> Matrix:
    return np.sqrt(_reciprocal(counts))
