"""The weight that an interaction has, in training and in a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from catalog.models.event_kinds import Kind
from recommender.engine.data.types import FloatArray

PIECES_CAP = 2.0
"""Ten pieces count twice, a thousand no more: a large order says little more about taste."""

FULL_STARS = 5.0
LEAST_STARS_FACTOR = 0.1
"""The weight of the worst rating. The log holds positive weights only."""


def confidences(
    kinds: Sequence[str], values: Sequence[float | None], weights: Mapping[str, float]
) -> FloatArray:
    """(n,) weight of each interaction: the weight of its kind, adjusted by pieces or stars."""
    base = np.array([weights[kind] for kind in kinds], dtype=np.float32)
    numbers = np.array([np.nan if value is None else value for value in values], dtype=np.float32)
    taken, rated = (
        np.array([kind == wanted for kind in kinds], dtype=bool)
        for wanted in (Kind.TAKE, Kind.RATE)
    )
    pieces = np.minimum(1 + np.log10(np.maximum(np.nan_to_num(numbers, nan=1.0), 1.0)), PIECES_CAP)
    stars = np.clip(np.nan_to_num(numbers, nan=FULL_STARS) / FULL_STARS, LEAST_STARS_FACTOR, 1.0)
    return np.asarray(base * np.where(taken, pieces, np.where(rated, stars, 1.0)), dtype=np.float32)


def stars_of(kinds: Sequence[str], values: Sequence[float | None]) -> FloatArray:
    """(n,) the stars of ratings, NaN for every other kind."""
    pairs = zip(kinds, values, strict=True)
    return np.array(
        [value if kind == Kind.RATE else np.nan for kind, value in pairs], dtype=np.float32
    )
