"""Peers: well-known recommenders, with common settings unless others are given.

Each takes a binary log (n_users, n_items), the texts and its settings, and returns a function from
user rows (n,) to dense scores (n, n_items). They use no times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack
from threadpoolctl import threadpool_limits

from recommender.engine.data.types import FloatArray, IntArray

Score = Callable[[IntArray], FloatArray]
Peer = Callable[..., Score]

KNN_SHRINKAGE = 10
EASE_RIDGE = 300
EASE_MOST_ITEMS = 20_000
"""The inverse is dense: 1.6 GB at this size."""

WORD = re.compile(r"\w\w+")


def popularity(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    people = np.asarray(log.sum(axis=0), dtype=np.float32)
    return lambda users: np.repeat(people, len(users), axis=0)


def item_knn(
    log: sp.csr_matrix,
    texts: Sequence[str],
    *,
    shrinkage: float = KNN_SHRINKAGE,
    neighbours: int | None = None,
) -> Score:
    """Shrunk cosine between items; ``neighbours``: most of each scored item, None = all.

    Source: Sarwar et al. 2001, item-based collaborative filtering; Koren 2008 for the shrinkage.
    """
    shared = (log.T @ log).tocoo()
    length = np.sqrt(np.asarray(log.sum(axis=0)).ravel())
    row, column = shared.coords
    cosine = shared.data / (length[row] * length[column] + shrinkage)
    cosine[row == column] = 0
    likeness = sp.csc_matrix((cosine.astype(np.float32), (row, column)), shape=shared.shape)
    if neighbours is not None:
        likeness = _nearest(likeness, neighbours)
    rows = likeness.tocsr()
    return lambda users: (log[users] @ rows).toarray()


def ease(log: sp.csr_matrix, texts: Sequence[str], *, ridge: float = EASE_RIDGE) -> Score:
    """Source: Steck 2019, embarrassingly shallow autoencoders."""
    gram = (log.T @ log).toarray().astype(np.float32)
    gram.flat[:: len(gram) + 1] += ridge
    weights = _reconstructing(gram)
    return lambda users: log[users] @ weights


def dan(
    log: sp.csr_matrix,
    texts: Sequence[str],
    *,
    ridge: float = 50,
    dropout: float = 0.8,
    activity: float = 0.0,
    popularity: float = 0.2,
) -> Score:
    """EASE with data-adaptive normalisation.

    ``dropout``: adds dropout / (1 - dropout) of an item's people to its ridge. ``activity``:
    exponent that discounts people of long histories. ``popularity``: exponent that discounts
    popular items.

    Source: Park et al. 2025, why is normalization necessary for linear recommenders?
    """
    people = np.asarray(log.sum(axis=0)).ravel()
    length = np.maximum(np.asarray(log.sum(axis=1)).ravel(), 1)
    gram = (log.T @ (sp.diags(length**-activity) @ log)).toarray().astype(np.float32)
    gram.flat[:: len(gram) + 1] += ridge + dropout / (1 - dropout) * people
    scale = (np.maximum(people, 1) ** popularity).astype(np.float32)
    weights = _reconstructing(gram) * scale[:, None] / scale
    return lambda users: log[users] @ weights


def als(
    log: sp.csr_matrix,
    texts: Sequence[str],
    *,
    factors: int = 128,
    regularization: float = 0.01,
    alpha: float = 10,
    iterations: int = 15,
) -> Score:
    """Source: Hu, Koren, Volinsky 2008, collaborative filtering for implicit feedback."""
    from implicit.als import AlternatingLeastSquares as Als

    options = {"regularization": regularization, "alpha": alpha, "iterations": iterations}
    return _factors(lambda: Als(factors, **options, random_state=0), log)


def bpr(
    log: sp.csr_matrix,
    texts: Sequence[str],
    *,
    factors: int = 64,
    learning_rate: float = 0.05,
    regularization: float = 0.01,
    iterations: int = 200,
) -> Score:
    """Source: Rendle et al. 2009, Bayesian personalized ranking."""
    from implicit.bpr import BayesianPersonalizedRanking as Bpr

    options = {"learning_rate": learning_rate, "regularization": regularization}
    return _factors(lambda: Bpr(factors, **options, iterations=iterations, random_state=0), log)


def text(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """TF-IDF cosine of an item and the person's history."""
    words = tfidf(texts)
    return lambda users: ((log[users] @ words) @ words.T).toarray()


PEERS: dict[str, Peer] = {
    "popularity": popularity,
    "item-kNN": item_knn,
    "EASE": ease,
    "DAN": dan,
    "ALS": als,
    "BPR": bpr,
    "TF-IDF": text,
}


def unfit(name: str, n_items: int, texts: Sequence[str]) -> str:
    """Why the peer cannot run on this catalogue; empty if it can."""
    if name in ("EASE", "DAN") and n_items > EASE_MOST_ITEMS:
        return f"more than {EASE_MOST_ITEMS:,} items"
    if name == "TF-IDF" and not any(WORD.search(each) for each in texts):
        return "no text"
    return ""


def release(name: str) -> str:
    """The library release that the peer's lists depend on."""
    return (
        f"implicit {version('implicit')}" if name in ("ALS", "BPR") else f"scipy {version('scipy')}"
    )


def tfidf(texts: Sequence[str]) -> sp.csr_matrix:
    """(n_texts, n_words) unit rows of (1 + ln tf) · (1 + ln((1 + n) / (1 + df))), or 0."""
    column: dict[str, int] = {}
    counts = [Counter(WORD.findall(each.lower())) for each in texts]
    columns = [column.setdefault(word, len(column)) for own in counts for word in own]
    starts = np.cumsum([0, *map(len, counts)])
    often = np.array([times for own in counts for times in own.values()], dtype=np.float64)
    known = np.bincount(columns, minlength=len(column))
    values = (1 + np.log(often)) * (1 + np.log((1 + len(texts)) / (1 + known)))[columns]
    rows = sp.csr_matrix((values, columns, starts), shape=(len(texts), len(column)))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sp.csr_matrix(sp.diags(scale) @ rows, dtype=np.float32)


def _factors(make: Callable[[], Any], log: sp.csr_matrix) -> Score:
    # implicit's threads and those of BLAS would compete for the cores
    with threadpool_limits(1, "blas"):
        model = make()
        model.fit(log, show_progress=False)
    return lambda users: model.user_factors[users] @ model.item_factors.T


def _nearest(likeness: sp.csc_matrix, n: int) -> sp.csc_matrix:
    """The n highest values of each column."""
    for start, end in zip(likeness.indptr, likeness.indptr[1:], strict=False):
        if end - start > n:
            own = likeness.data[start:end]
            own[np.argpartition(own, -n)[:-n]] = 0
    likeness.eliminate_zeros()
    return likeness


def _reconstructing(gram: FloatArray) -> FloatArray:
    """Weights (past item, scored item) of the ridge regression of each item on the others."""
    factor, failed = lapack.spotrf(gram, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("the gram matrix with its ridge is not positive definite")
    half = np.tril(lapack.spotri(factor, lower=1, overwrite_c=1)[0])
    precision = half + half.T
    precision.flat[:: len(precision) + 1] /= 2
    weights = precision / -precision.diagonal()
    weights.flat[:: len(weights) + 1] = 0
    return np.asarray(weights, dtype=np.float32)
