"""Rankings as input of re-ranking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.engine.ranking.ranking import Ranked


def ranked_of(scores: Sequence[float]) -> Ranked:
    """Item i has the i-th score."""
    values = np.asarray(scores, dtype=np.float64)
    items = np.arange(len(values), dtype=np.int32)
    return Ranked(items, values, np.ones(len(values), dtype=np.uint16), ("history",)).by(values)
