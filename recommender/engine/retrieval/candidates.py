"""Candidate generation: the first stage of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray

SourceBits = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class CandidateSource:
    """A source that contributes its ``size`` highest scored items.

    ``scores``: (n_items,), NaN = no score. ``among``: (n_items,) mask of the items that the source
    may contribute, None = all.
    """

    name: str
    scores: FloatArray
    size: int
    among: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Item indices, ascending. Bit b of ``brought_by`` is set if ``sources[b]`` found the item."""

    items: IntArray
    brought_by: SourceBits
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.items)


def generate(sources: Sequence[CandidateSource], allowed: BoolArray) -> Candidates:
    """The union of the items that the sources find among the allowed items."""
    brought_by = np.zeros(len(allowed), dtype=np.uint16)
    for bit, source in enumerate(sources):
        open_items = allowed if source.among is None else allowed & source.among
        brought_by[top(source.scores, open_items, source.size)] |= np.uint16(1 << bit)
    items = np.flatnonzero(brought_by).astype(np.int32)
    return Candidates(items, brought_by[items], tuple(source.name for source in sources))


def top(scores: FloatArray, allowed: BoolArray, size: int) -> IntArray:
    """(at most size,) the highest scored allowed items, unordered.

    Ties go to the lower index. Items without a score (NaN) are left out.
    """
    known = np.flatnonzero(allowed & ~np.isnan(scores)).astype(np.int32)
    if len(known) <= size:
        return known
    values = scores[known]
    edge = np.partition(values, len(values) - size)[len(values) - size]
    above = known[values > edge]
    return np.concatenate((above, known[values == edge][: size - len(above)]))
