"""Scores of every component for the candidates of the questions of a slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray

LOWEST, LISTED = np.float32(-1e30), np.float32(-1e29)
"""Scores of items outside all lists are at most the first; all others are above the second."""


@dataclass(frozen=True)
class Option:
    """One way to use a component: parameters that differ from its defaults, and the decay.

    ``variant``: tells apart the options of a component that are fitted with other parameters.
    """

    decay: float = 1.0
    variant: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreCache:
    """Arrays (questions, width) over the candidates of each question.

    Attributes:
        items: item indices, undefined where ``empty``.
        values: scores of each column, divided by their typical deviation for a history of that
            length; 0 without a score.
        scales: (columns, BUCKETS) constants of the scales, as ``Hybrid`` has them.
        popularity: log1p(people).
        empty: padding.
        head: head items.
        relevant: held-out items.
        tail: held-out items in the tail.
        cold: held-out items without interactions.
        wanted, wanted_tail, wanted_cold: (questions,) number of held-out items, also of those
            that are no candidates.
    """

    items: IntArray
    values: list[FloatArray]
    scales: FloatArray
    popularity: FloatArray
    empty: BoolArray
    head: BoolArray
    relevant: BoolArray
    tail: BoolArray
    cold: BoolArray
    wanted: NDArray[np.int64]
    wanted_tail: NDArray[np.int64]
    wanted_cold: NDArray[np.int64]

    @cached_property
    def right(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the held-out items."""
        rows, columns = np.nonzero(self.relevant)
        return rows, columns


def unlisted(width: int) -> FloatArray:
    """(width,) scores of items outside all lists; distinct, because partitioning ties is slow."""
    return np.asarray(LOWEST * (1 + np.arange(width) / width), dtype=np.float32)
