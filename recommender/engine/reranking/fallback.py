"""Fallback: the last stage, for people whose history gives too few items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.reranking.stated_preferences import reach_of

RECENT_POPULARITY = "recent_popularity"
POPULAR = "popular"
NOTHING_AVAILABLE = "nothing_available"

EMPTY_QUERY = Query.of([])

LOOKED_AT = 4096
"""Popular items that are looked at together."""


@dataclass(frozen=True, eq=False)
class Popular:
    """Popularity as a fallback. ``scores``: (n_items,), never NaN."""

    name: str
    scores: FloatArray

    @classmethod
    def of(cls, recent: FloatArray | None, counts: IntArray) -> Popular:
        """By recent popularity if it is known, else by people per item.

        An item without interactions scores 0 rather than NaN, so it can still fill a list.
        """
        if recent is None:
            return cls(POPULAR, counts.astype(np.float32))
        return cls(RECENT_POPULARITY, np.nan_to_num(recent, nan=0.0))

    @cached_property
    def order(self) -> IntArray:
        """(n_items,) best first."""
        return np.argsort(-self.scores, kind="stable").astype(np.int32)

    @cached_property
    def reach(self) -> float:
        """What a unit of a penalty is worth among popular items."""
        return reach_of(self.scores)

    def first(self, n: int, may: Callable[[IntArray], BoolArray]) -> IntArray:
        """The n most popular items that ``may`` allows, ascending; looks no deeper than needed."""
        found, missing = [self.order[:0]], n
        for start in range(0, len(self.order), LOOKED_AT):
            block = self.order[start : start + LOOKED_AT]
            found.append(block[may(block)][:missing])
            missing -= len(found[-1])
            if not missing:
                break
        return np.sort(np.concatenate(found))

    def explain(self, item: int) -> list[Contribution]:
        """Contributions that sum to the item's score."""
        return [Contribution(self.name, float(self.scores[item]))]


def name_of(personal: int, filled: int, popular: Popular) -> str | None:
    """The name of the fallback; None if at least one of the ``filled`` items is personal."""
    if personal:
        return None
    return popular.name if filled else NOTHING_AVAILABLE
