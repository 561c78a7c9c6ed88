"""Candidate generation: which items are scored for a query, and which of them are ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.reaches import Reaches
from recommender.engine.data.types import BoolArray, FloatArray, IntArray

SourceBits = NDArray[np.uint16]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CandidateSource:
    """A source that contributes its ``size`` highest scored items.

    ``scores``: (k,) of the items of its ``Sources``, NaN = no score. ``among``: (k,) mask of the
    items that the source may contribute, None = all.
    """

    name: str
    scores: FloatArray
    size: int
    among: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources over the same items; the scores of the first one rank.

    ``items``: (k,) ascending: the whole catalogue, or what was retrieved from it.
    """

    items: IntArray
    each: tuple[CandidateSource, ...]
    reaches: Reaches = field(default_factory=Reaches)

    @property
    def first(self) -> CandidateSource:
        return self.each[0]

    def scores_of(self, items: IntArray) -> FloatArray:
        """(len(items),) scores that rank; NaN for items that are not here."""
        return self.values_of(self.first, items)

    def scored(self, items: Sequence[int]) -> list[int]:
        """Those of the items that have a score here."""
        found = ~np.isnan(self.scores_of(np.asarray(items, dtype=np.int32)))
        return [item for item, known in zip(items, found.tolist(), strict=True) if known]

    def values_of(self, source: CandidateSource, items: IntArray) -> FloatArray:
        """(len(items),) scores of one of the sources; NaN for items that are not here."""
        if not len(self.items):
            return np.full(len(items), np.nan, dtype=np.float32)
        place = np.minimum(np.searchsorted(self.items, items), len(self.items) - 1)
        found = source.scores[place].astype(np.float32)
        found[self.items[place] != items] = np.nan
        return found


@dataclass(frozen=True, slots=True)
class Candidates:
    """Item indices, ascending, and their positions in ``Sources.items``.

    Bit b of ``brought_by`` is set if ``sources[b]`` found the item.
    """

    items: IntArray
    at: Positions
    brought_by: SourceBits
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.items)


def generate(sources: Sources, allowed: BoolArray) -> Candidates:
    """The union of the items that the sources find; ``allowed``: (k,) mask of their items."""
    brought_by = np.zeros(len(sources.items), dtype=np.uint16)
    for bit, source in enumerate(sources.each):
        open_items = allowed if source.among is None else allowed & source.among
        brought_by[top(source.scores, open_items, source.size)] |= np.uint16(1 << bit)
    at = np.flatnonzero(brought_by)
    names = tuple(source.name for source in sources.each)
    return Candidates(sources.items[at], at, brought_by[at], names)


def top(scores: FloatArray, allowed: BoolArray, size: int) -> Positions:
    """(at most size,) positions of the highest scores that are allowed, unordered.

    Ties go to the lower position. Missing scores (NaN) are left out.
    """
    known = np.flatnonzero(allowed & ~np.isnan(scores))
    if len(known) <= size:
        return known
    values = scores[known]
    edge = np.partition(values, len(values) - size)[len(values) - size]
    above = known[values > edge]
    return np.concatenate((above, known[values == edge][: size - len(above)]))
