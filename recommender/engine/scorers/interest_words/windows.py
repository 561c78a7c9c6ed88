"""Training data of the interest network: windows of histories, and vectors of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.scorers.interest_words.numpy_network import FADING, LATEST

NEXT = 5
"""Number of following items whose words are targets; each counts ``FADING`` of the one before."""


@dataclass(frozen=True)
class Windows:
    """Pieces of histories.

    ``items[row]`` is a window. Its position ``t`` was followed by the items in row
    ``first[row] + t`` of ``followers`` (positions, n_items).
    """

    items: Sequence[IntArray]
    first: NDArray[np.int64]
    followers: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        return np.array([len(items) for items in self.items], dtype=np.int64)

    def positions(self, rows: IntArray) -> NDArray[np.int64]:
        """(sum of lengths,) rows of ``followers``, window by window."""
        return np.concatenate([self.first[row] + np.arange(self.lengths[row]) for row in rows])


def make_windows(train: Dataset, rng: np.random.Generator, most: int) -> Windows:
    """Cut histories to windows of ``LATEST`` items, of users in random order.

    It stops at ``most`` positions.
    """
    items: list[IntArray] = []
    rows, columns, values = [], [], []
    positions = 0
    first = []
    for user in rng.permutation(train.n_users):
        history = train.query(user).history
        for end in range(len(history) - 1, 0, -LATEST):
            start = max(0, end - LATEST)
            items.append(history[start:end])
            first.append(positions)
            ahead = np.arange(start, end)[:, None] + 1 + np.arange(NEXT)
            there = ahead < len(history)
            rows.append(
                np.broadcast_to(positions + np.arange(end - start)[:, None], ahead.shape)[there]
            )
            columns.append(history[ahead[there]])
            values.append(np.broadcast_to(FADING ** np.arange(NEXT), ahead.shape)[there])
            positions += end - start
        if positions >= most:
            break
    data = [np.concatenate(column) if column else np.zeros(0) for column in (values, rows, columns)]
    followers = sp.csr_matrix(
        (data[0].astype(np.float32), (data[1], data[2])), shape=(positions, train.n_items)
    )
    return Windows(items, np.array(first, dtype=np.int64), followers)


def mean_vectors(weights: sp.csr_matrix, vectors: FloatArray) -> FloatArray:
    """(n_words, d) unit vectors: the mean vector of the items with the word."""
    total = np.asarray(weights.T @ vectors, dtype=np.float32)
    means: FloatArray = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return means


def commonness(weights: sp.csr_matrix, counts: IntArray) -> FloatArray:
    """(n_words,) share of each word in all taken items (each item counted once more); sum 1."""
    taken = np.asarray(weights.T @ (counts + 1.0), dtype=np.float64)
    shares: FloatArray = (taken / max(1e-12, taken.sum())).astype(np.float32)
    return shares
