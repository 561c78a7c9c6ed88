"""Ranking: the second stage of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray, IntArray, RankedItem
from recommender.engine.retrieval.candidates import Candidates, SourceBits


@dataclass(frozen=True, slots=True)
class Ranked:
    """Item indices, best first, with their scores and sources."""

    items: IntArray
    scores: NDArray[np.float64]
    brought_by: SourceBits
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.items)

    def take(self, order: NDArray[Any]) -> Ranked:
        """The entries that an index array selects, in its order."""
        return replace(
            self,
            items=self.items[order],
            scores=self.scores[order],
            brought_by=self.brought_by[order],
        )

    def by(self, scores: NDArray[np.float64]) -> Ranked:
        """The same entries ordered by other scores; ties stay in their present order."""
        return replace(self, scores=scores).take(np.argsort(-scores, kind="stable"))

    def followed_by(self, other: Ranked) -> Ranked:
        """These entries, then those of another ranking of the same sources."""
        return replace(
            self,
            items=np.concatenate([self.items, other.items]),
            scores=np.concatenate([self.scores, other.scores]),
            brought_by=np.concatenate([self.brought_by, other.brought_by]),
        )

    def ranked_items(self) -> tuple[RankedItem, ...]:
        entries = zip(
            self.items.tolist(), self.scores.tolist(), self.brought_by.tolist(), strict=True
        )
        return tuple(RankedItem(item, score, self._names(bits)) for item, score, bits in entries)

    def _names(self, bits: int) -> tuple[str, ...]:
        return tuple(name for bit, name in enumerate(self.sources) if bits >> bit & 1)


def rank(candidates: Candidates, scores: FloatArray) -> Ranked:
    """Order candidates by the scores (k,) of the items they were generated from.

    Ties go to the lower index. Candidates without a score (NaN) are left out.
    """
    values = scores[candidates.at].astype(np.float64)
    ranked = Ranked(candidates.items, values, candidates.brought_by, candidates.sources)
    scored = ranked.take(np.flatnonzero(~np.isnan(values)))
    return scored.by(scored.scores)
