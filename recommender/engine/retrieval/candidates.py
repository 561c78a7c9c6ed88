"""The first stage: which items are worth looking at, and which generator brought each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray

SourceBits = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Pool:
    """One generator's offer: the ``size`` items that it scores highest.

    ``scores``: (n_items,), NaN = cannot tell; ``among``: (n_items,) mask of the items that it may bring, None = all.
    """

    source: str
    scores: FloatArray
    size: int
    among: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Items in ascending order; bit b of ``brought_by`` says that the generator ``sources[b]`` brought the item."""

    items: IntArray
    brought_by: SourceBits
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.items)


def generate(pools: Sequence[Pool], allowed: BoolArray) -> Candidates:
    """The union of what the generators bring, out of the allowed items."""
    brought_by = np.zeros(len(allowed), dtype=np.uint16)
    for bit, pool in enumerate(pools):
        open_items = allowed if pool.among is None else allowed & pool.among
        brought_by[top(pool.scores, open_items, pool.size)] |= np.uint16(1 << bit)
    items = np.flatnonzero(brought_by).astype(np.int32)
    return Candidates(items, brought_by[items], tuple(pool.source for pool in pools))


def top(scores: FloatArray, allowed: BoolArray, size: int) -> IntArray:
    """(at most size,) the best-scored allowed items in no order; of equals the lower index, NaN never."""
    known = np.flatnonzero(allowed & ~np.isnan(scores)).astype(np.int32)
    if len(known) <= size:
        return known
    values = scores[known]
    edge = np.partition(values, len(values) - size)[len(values) - size]
    above = known[values > edge]
    return np.concatenate((above, known[values == edge][: size - len(above)]))
