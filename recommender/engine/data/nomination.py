"""What a source of candidates may name, and how many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import BoolArray, FloatArray, IntArray

SCANNED = 4096
"""Items of an ordered list that are looked at together."""


@dataclass(frozen=True)
class Nomination:
    """``size``: the best items; ``tail_size``: the best tail items, named too.

    ``allowed``: (n_items,) mask of the items that may be named, None = all. Filters hold here,
    before anything is cut off. ``head``: (n_items,) mask of the head items.
    """

    size: int
    tail_size: int
    head: BoolArray
    allowed: BoolArray | None = None

    def best(self, items: IntArray, scores: FloatArray) -> IntArray:
        """The highest scored of some items, each given once; none with a score of 0 or less."""
        liked = np.flatnonzero(scores > 0)
        items, scores = items[liked], scores[liked]
        if self.allowed is not None:
            may = np.flatnonzero(self.allowed[items])
            items, scores = items[may], scores[may]
        if len(items) <= self.size:
            return items
        tail = np.flatnonzero(~self.head[items])
        of_tail = tail[_highest(scores[tail], self.tail_size)]
        return np.concatenate([items[_highest(scores, self.size)], items[of_tail]])

    def first(self, ordered: IntArray) -> IntArray:
        """The first ``size`` allowed items of a list, best first."""
        if self.allowed is None:
            return ordered[: self.size]
        found, n = [ordered[:0]], 0
        for start in range(0, len(ordered), SCANNED):
            block = ordered[start : start + SCANNED]
            found.append(block[self.allowed[block]])
            n += len(found[-1])
            if n >= self.size:
                break
        return np.concatenate(found)[: self.size]


def _highest(scores: FloatArray, n: int) -> IntArray:
    if len(scores) <= n:
        return np.arange(len(scores), dtype=np.int32)
    return np.argpartition(scores, len(scores) - n)[len(scores) - n :].astype(np.int32)
