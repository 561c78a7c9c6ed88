"""How often each word is among those of the next items, counted in the log.

    rate(w) = mean over past items i of (n(i, w) + SHRINK * prior(i, w)) / (n(i) + SHRINK)

``n(i)``: how often somebody took something after item i; ``n(i, w)``: how often a word of the next
items was w. ``prior``: the same by the words of item i instead of the item, so that an item that
few people took is known by its words. ``trend``: how common a word was lately, over how common it
was in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.sparse import as_state, from_state, strongest
from recommender.engine.scorers.interest_words.batches import Windows

SHRINK = 40.0
"""Followed times at which an item's own counts weigh as much as those of its words."""

FEWEST = 10.0
"""The same of a word's own counts and those of all words."""

MOST_ITEM, MOST_WORD = 128, 96
"""Stored words that follow an item, and a word."""

RECENT = 0.05
"""Half-life of the trend, as a share of the log."""

CALM = 100.0
"""Recent people at which the trend counts by half: a few people are no trend."""


@dataclass(frozen=True)
class Followers:
    """What was counted. Words that may not be written have no numbers.

    Attributes:
        by_item: (n_items, n_words) n(i, w) / (n(i) + SHRINK).
        rest: (n_items,) SHRINK / (n(i) + SHRINK), the weight of the prior.
        by_word: (n_words, n_words) how much more often than ``usual`` a word follows another.
        usual: (n_words,) how often a word is among those of the next items.
        trend: (n_words,)
        detail: (n_words,) how much a word says about what follows, 1 for one of a single item.
    """

    by_item: sp.csr_matrix
    rest: FloatArray
    by_word: sp.csr_matrix
    usual: FloatArray
    trend: FloatArray
    detail: FloatArray

    def rates(self, past: IntArray, weights: sp.csr_matrix) -> FloatArray:
        """(n_words,) the rate of each word after these items, which may be newer than the log.

        ``weights``: (n_items, n_words) the words of each item.
        """
        if not len(past):
            return self.usual
        known = past[past < len(self.rest)]
        own = np.zeros(len(self.usual), dtype=np.float32)
        prior = np.zeros(len(self.usual), dtype=np.float32)
        for item in past.tolist():
            rest = float(self.rest[item]) if item < len(self.rest) else 1.0
            words = weights.indices[weights.indptr[item] : weights.indptr[item + 1]]
            detail = self.detail[words]
            if (total := float(detail.sum())) > 0:
                prior[words] += rest * detail / total
        if len(known):
            own = np.asarray(self.by_item[known].sum(axis=0), dtype=np.float32).ravel()
        rests = float(self.rest[known].sum()) + len(past) - len(known)
        found = (own + self.by_word.T @ prior + rests * self.usual) / len(past)
        rates: FloatArray = np.maximum(found, 0)
        return rates

    def get_state(self) -> dict[str, np.ndarray]:
        vectors = {name: getattr(self, name) for name in ("rest", "usual", "trend", "detail")}
        return vectors | as_state("by_item", self.by_item) | as_state("by_word", self.by_word)

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> Self:
        n_words = len(state["usual"])
        return cls(
            from_state("by_item", state, n_words),
            state["rest"],
            from_state("by_word", state, n_words),
            *(state[name] for name in ("usual", "trend", "detail")),
        )


def count_followers(
    train: Dataset, windows: Windows, weights: sp.csr_matrix, writable: BoolArray
) -> Followers:
    """Count the words that follow each item and each word in ``windows``."""
    has = _has(weights, writable)
    after = sp.csr_matrix(windows.followers, copy=True)
    after.data[:] = 1
    following = sp.csr_matrix(after @ has)
    following.data[:] = 1
    items = np.concatenate([*windows.items, np.zeros(0, dtype=np.int32)]).astype(np.int32)
    rows = (np.ones(len(items), dtype=np.float32), (items, np.arange(len(items))))
    at_item = sp.csr_matrix(rows, shape=(train.n_items, len(items)))
    counts = sp.csr_matrix(at_item @ following)
    times = np.bincount(items, minlength=train.n_items).astype(np.float32)
    usual = np.asarray(following.sum(axis=0) / max(1, len(items)), dtype=np.float32).ravel()
    by_item = strongest(sp.csr_matrix(sp.diags(1 / (times + SHRINK)) @ counts), MOST_ITEM)
    return Followers(
        sp.csr_matrix(by_item, dtype=np.float32),
        (SHRINK / (times + SHRINK)).astype(np.float32),
        _by_word(has, counts, times, usual),
        usual,
        trend_of(train, has),
        _detail(has),
    )


def _has(weights: sp.csr_matrix, writable: BoolArray) -> sp.csr_matrix:
    """(n_items, n_words) 1 for the words of each item that may be written."""
    has = sp.csr_matrix(weights, copy=True)
    has.data = writable[has.indices].astype(np.float32)
    has.eliminate_zeros()
    return has


def _detail(has: sp.csr_matrix) -> FloatArray:
    frequency = np.bincount(has.indices, minlength=has.shape[1])
    detail = np.where(frequency > 0, 1 / np.sqrt(np.maximum(frequency, 1)), 0)
    return np.asarray(detail, dtype=np.float32)


def _by_word(
    has: sp.csr_matrix, counts: sp.csr_matrix, times: FloatArray, usual: FloatArray
) -> sp.csr_matrix:
    """(n_words, n_words), by blocks of words: the whole would be dense."""
    by_word, times_of = has.T.tocsr(), np.asarray(has.T @ times).ravel()
    blocks: list[sp.csr_matrix] = []
    for start in range(0, by_word.shape[0], 500):
        rows = slice(start, start + 500)
        counted = by_word[rows] @ counts
        more = counted - sp.diags(times_of[rows]) @ _spread(counted, usual)
        scaled = sp.diags(1 / (times_of[rows] + FEWEST)) @ more
        blocks.append(strongest(sp.csr_matrix(scaled), MOST_WORD))
        part_done()
    shape = (0, has.shape[1])
    return sp.csr_matrix(sp.vstack([*blocks, sp.csr_matrix(shape)], format="csr"), dtype=np.float32)


def _spread(counted: sp.csr_matrix, usual: FloatArray) -> sp.csr_matrix:
    """``usual`` where ``counted`` has a number."""
    spread = sp.csr_matrix(counted, copy=True)
    spread.data = usual[spread.indices]
    return spread


def trend_of(train: Dataset, has: sp.csr_matrix) -> FloatArray:
    """(n_words,) how common each word was lately, over how common it was in all."""
    log = train.log
    if not len(log):
        return np.ones(has.shape[1], dtype=np.float32)
    order = np.argsort(log.times, kind="stable")
    recent = np.empty(len(log), dtype=np.float64)
    recent[order] = 0.5 ** (np.arange(len(log))[::-1] / (RECENT * len(log)))
    by_person = np.bincount(log.users, recent)
    people = by_person.sum() ** 2 / np.square(by_person).sum()
    each = 1 / np.sqrt(np.bincount(log.users)[log.users])
    lately = _commonness(has, log.items, recent * each)
    always = _commonness(has, log.items, each)
    share = people / (people + CALM)
    mixed = share * lately + (1 - share) * always
    trend = np.divide(mixed, always, out=np.ones_like(mixed), where=always > 0)
    return np.asarray(trend, dtype=np.float32)


def _commonness(
    has: sp.csr_matrix, items: IntArray, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n_words,) weighted share of the interactions whose item has the word."""
    by_item = np.bincount(items, weights, minlength=has.shape[0])
    shares: NDArray[np.float64] = np.asarray(has.T @ by_item).ravel() / weights.sum()
    return shares
