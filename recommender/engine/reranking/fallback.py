"""The last stage: what to show, under a name, where the person's own history cannot serve."""

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
    """What most people like, for those of whom nothing is known: ``scores`` (n_items,), never NaN."""

    name: str
    scores: FloatArray

    @classmethod
    def of(cls, recent: FloatArray | None, counts: IntArray) -> Popular:
        """By what is liked lately where that is known, else by people per item.

        Without a log every item is as good as any other: what nobody met scores 0 rather than NaN.
        """
        if recent is None:
            return cls(POPULAR, counts.astype(np.float32))
        return cls(RECENT_POPULARITY, np.nan_to_num(recent, nan=0.0))

    def explain(self, item: int) -> list[Contribution]:
        """Parts that sum to the item's score."""
        return [Contribution(self.name, float(self.scores[item]))]


def name_of(personal: int, filled: int, popular: Popular) -> str | None:
    """The name of the path taken; None when the person's history gave at least one of the ``filled`` places."""
    if personal:
        return None
    return popular.name if filled else NOTHING_AVAILABLE
