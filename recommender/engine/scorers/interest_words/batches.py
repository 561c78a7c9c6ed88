"""Batches of the interest network: windows, competing words and their targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.sparse import strongest
from recommender.engine.scorers.interest_words.params import FADING, LATEST

WORDS_AN_ITEM = 12
"""Strongest words of an item that are targets."""

WRITTEN = 4
"""Words that the writer writes in training."""

WRITING_SHARE = 0.1
"""Share of a batch's positions after which the writer writes."""

BATCH_POSITIONS = (32, 1024)
"""Smallest and largest batch; between them, so large that an epoch has ``EPOCH_BATCHES``."""

EPOCH_BATCHES = 30
NEGATIVES = 1024


class Batch(NamedTuple):
    """One training step: n windows of at most t items, s competing words, k written words.

    Attributes:
        steps: (n, t, d) item vectors.
        mask: (n, t) 1 for items, 0 for padding.
        words: (s,) word indices.
        raised: (s,) added to the logits, because a sampled word stands for many.
        targets: (n, t, s).
        writers: (m,) windows in which the writer begins.
        at: (m,) the position after which it begins.
        written: (m, k) indices in ``words``.
        left: (m, k, s) targets that remain after each written word.
    """

    steps: FloatArray
    mask: FloatArray
    words: IntArray
    raised: FloatArray
    targets: FloatArray
    writers: IntArray
    at: IntArray
    written: IntArray
    left: FloatArray


class BatchSampler:
    """Draws batches of windows with their targets."""

    def __init__(
        self,
        windows: Windows,
        weights: sp.csr_matrix,
        vectors: FloatArray,
        rng: np.random.Generator,
    ) -> None:
        self.windows, self.vectors, self.rng = windows, vectors, rng
        self.weights = strongest(weights, WORDS_AN_ITEM)
        self.positions = int(np.clip(windows.lengths.sum() // EPOCH_BATCHES, *BATCH_POSITIONS))

    def batches(self, rows: IntArray) -> list[IntArray]:
        """Batches of windows of similar lengths, each about ``positions`` long, in random order."""
        mixed = self.rng.permutation(rows)
        sorted_rows = mixed[np.argsort(self.windows.lengths[mixed], kind="stable")]
        ends = np.cumsum(self.windows.lengths[sorted_rows]) // self.positions
        pieces = np.split(sorted_rows, np.flatnonzero(np.diff(ends)) + 1)
        return [pieces[at] for at in self.rng.permutation(len(pieces))]

    def batch(self, rows: IntArray, rng: np.random.Generator) -> Batch:
        lengths = self.windows.lengths[rows]
        mask = np.arange(int(lengths.max())) < lengths[:, None]
        steps = np.zeros((*mask.shape, self.vectors.shape[1]), dtype=np.float32)
        steps[mask] = self.vectors[np.concatenate([self.windows.items[row] for row in rows])]
        wanted = sum_to_one(self.windows.followers[self.windows.positions(rows)] @ self.weights)
        words, raised, target = compete(wanted, NEGATIVES, rng)
        targets = np.zeros((*mask.shape, len(words)), dtype=np.float32)
        targets[mask] = target
        writers = rng.permutation(len(rows))[: max(8, int(WRITING_SHARE * lengths.sum()))].astype(
            np.int32
        )
        at = (rng.random(len(writers)) * lengths[writers]).astype(np.int32)
        written, left = spell_out(targets[writers, at], WRITTEN, rng)
        return Batch(
            steps, mask.astype(np.float32), words, raised, targets, writers, at, written, left
        )


def compete(
    wanted: sp.csr_matrix, n: int, rng: np.random.Generator
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Choose the competing words of ``wanted`` (p, n_words): all wanted ones and ``n`` sampled.

    Returns:
        (s,) words, (s,) corrections of their logits, (p, s) targets.
    """
    mine = np.unique(wanted.indices)
    rest = np.setdiff1d(np.arange(wanted.shape[1]), mine, assume_unique=True)
    drawn = rest if len(rest) <= n else rng.choice(rest, n, replace=False)
    raised = np.zeros(len(mine) + len(drawn), dtype=np.float32)
    raised[len(mine) :] = np.log(max(1, len(rest)) / max(1, len(drawn)))
    targets = np.zeros((wanted.shape[0], len(raised)), dtype=np.float32)
    rows = np.repeat(np.arange(wanted.shape[0]), np.diff(wanted.indptr))
    targets[rows, np.searchsorted(mine, wanted.indices)] = wanted.data
    return np.concatenate([mine, drawn]).astype(np.int32), raised, targets


def spell_out(targets: FloatArray, k: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Sample k columns of each row of ``targets`` (n, s) without replacement.

    Returns:
        (n, k) the columns, and (n, k, s) the targets that remain after each. Rows without
        remaining targets are 0 and do not count.
    """
    # Gumbel trick: the largest of log p + noise is a sample from p, the next one from the rest.
    with np.errstate(divide="ignore"):
        keys = np.log(targets) + rng.gumbel(size=targets.shape).astype(np.float32)
    k = min(k, targets.shape[1])
    top = np.argpartition(-keys, k - 1, axis=1)[:, :k]
    written = np.take_along_axis(
        top, np.argsort(-np.take_along_axis(keys, top, axis=1), axis=1), axis=1
    )
    left = np.repeat(targets[:, None], k, axis=1)
    for at in range(k):
        left[np.arange(len(left))[:, None], np.arange(at, k)[None, :], written[:, at, None]] = 0
    total = left.sum(axis=2, keepdims=True)
    return written.astype(np.int32), np.divide(
        left, total, out=np.zeros_like(left), where=total > 1e-6
    )


def sum_to_one(rows: sp.csr_matrix) -> sp.csr_matrix:
    total = np.asarray(rows.sum(axis=1)).ravel()
    scaled = sp.csr_matrix(sp.diags(1 / np.maximum(total, 1e-12)) @ rows, dtype=np.float32)
    scaled.sort_indices()
    return scaled


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
