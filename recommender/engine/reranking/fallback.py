"""Fallback: the last stage, for people whose history gives too few items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query

RECENT_POPULARITY = "recent_popularity"
POPULAR = "popular"
NOTHING_AVAILABLE = "nothing_available"

EMPTY_QUERY = Query.of([])


@dataclass(frozen=True)
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

    def explain(self, item: int) -> list[Contribution]:
        """Contributions that sum to the item's score."""
        return [Contribution(self.name, float(self.scores[item]))]


def name_of(personal: int, filled: int, popular: Popular) -> str | None:
    """The name of the fallback; None if at least one of the ``filled`` items is personal."""
    if personal:
        return None
    return popular.name if filled else NOTHING_AVAILABLE
