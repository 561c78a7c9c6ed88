"""The last stage: what to show, under a name, where the person's own history cannot serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.engine.scorers.base import Scorer
from recommender.engine.types import FloatArray, IntArray, Part, Query

RECENT_POPULARITY = "recent_popularity"
POPULAR = "popular"
NOTHING_AVAILABLE = "nothing_available"

NOBODY = Query.of([])


@dataclass(frozen=True)
class Popular:
    """What most people like, for those of whom nothing is known.

    ``scores``: (n_items,), never NaN, 0 for what nobody met: without a log every item is as good as any other.
    """

    name: str
    scores: FloatArray
    scorer: Scorer | None = None

    @classmethod
    def of(cls, parts: dict[str, Scorer], counts: IntArray) -> Popular:
        """By the scorer of recent popularity, else of popularity, else by people per item."""
        for part, name in (("recent_popularity", RECENT_POPULARITY), ("popularity", POPULAR)):
            if part in parts:
                return cls(name, np.nan_to_num(parts[part].score(NOBODY), nan=0.0), parts[part])
        return cls(POPULAR, counts.astype(np.float32))

    def explain(self, item: int) -> list[Part]:
        """Parts that sum to the item's score."""
        if self.scorer is None:
            return [Part("popularity", float(self.scores[item]))]
        return self.scorer.explain(NOBODY, item)


def name_of(personal: int, filled: int, popular: Popular) -> str | None:
    """The name of the path taken; None when the person's history gave at least one of the ``filled`` places."""
    if personal:
        return None
    return popular.name if filled else NOTHING_AVAILABLE
