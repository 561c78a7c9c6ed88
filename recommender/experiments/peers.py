"""Peers: six well-known recommenders with common settings.

Each takes a binary log (n_users, n_items) and the texts, and returns a function from user rows (n,)
to dense scores (n, n_items). They use no times and are not tuned to the data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from recommender.engine.data.types import FloatArray, IntArray

Score = Callable[[IntArray], FloatArray]
Peer = Callable[[sp.csr_matrix, Sequence[str]], Score]

KNN_SHRINKAGE = 10
EASE_RIDGE = 300
EASE_MOST_ITEMS = 20_000
"""The inverse is dense: 1.6 GB at this size."""

WORD = re.compile(r"\w\w+")


def popularity(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    people = np.asarray(log.sum(axis=0), dtype=np.float32)
    return lambda users: np.repeat(people, len(users), axis=0)


def item_knn(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """Shrunk cosine between items, all neighbours.

    Source: Sarwar et al. 2001, item-based collaborative filtering; Koren 2008 for the shrinkage.
    """
    shared = (log.T @ log).tocoo()
    length = np.sqrt(np.asarray(log.sum(axis=0)).ravel())
    row, column = shared.coords
    cosine = shared.data / (length[row] * length[column] + KNN_SHRINKAGE)
    cosine[row == column] = 0
    likeness = sp.csr_matrix((cosine.astype(np.float32), (row, column)), shape=shared.shape)
    return lambda users: (log[users] @ likeness).toarray()


def ease(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """Source: Steck 2019, embarrassingly shallow autoencoders."""
    gram = (log.T @ log).toarray().astype(np.float32)
    gram.flat[:: len(gram) + 1] += EASE_RIDGE
    precision = np.linalg.inv(gram)
    weights = precision / -precision.diagonal()
    weights.flat[:: len(weights) + 1] = 0
    return lambda users: log[users] @ weights


def als(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """Source: Hu, Koren, Volinsky 2008, collaborative filtering for implicit feedback."""
    from implicit.als import AlternatingLeastSquares as Als

    return _factors(
        lambda: Als(128, regularization=0.01, alpha=10, iterations=15, random_state=0), log
    )


def bpr(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """Source: Rendle et al. 2009, Bayesian personalized ranking."""
    from implicit.bpr import BayesianPersonalizedRanking as Bpr

    return _factors(
        lambda: Bpr(64, learning_rate=0.05, regularization=0.01, iterations=200, random_state=0),
        log,
    )


def text(log: sp.csr_matrix, texts: Sequence[str]) -> Score:
    """TF-IDF cosine of an item and the person's history."""
    words = tfidf(texts)
    return lambda users: ((log[users] @ words) @ words.T).toarray()


PEERS: dict[str, Peer] = {
    "popularity": popularity,
    "item-kNN": item_knn,
    "EASE": ease,
    "ALS": als,
    "BPR": bpr,
    "TF-IDF": text,
}


def unfit(name: str, n_items: int, texts: Sequence[str]) -> str:
    """Why the peer cannot run on this catalogue; empty if it can."""
    if name == "EASE" and n_items > EASE_MOST_ITEMS:
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
