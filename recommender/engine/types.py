"""The engine's words: indices instead of ids, arrays instead of rows.

*Index* always means a row number in ``Items``; *id* always means the owner's key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

Progress = Callable[[str, float], None]
"""Called with the stage's name and the fraction done, 0 … 1."""


def no_progress(stage: str, fraction: float) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is known of one person when a list is asked for.

    ``history`` and ``weights`` have the same length, oldest first; weights are confidences (1 = one plain interaction).
    """

    history: IntArray
    weights: FloatArray

    @classmethod
    def of(cls, history: Sequence[int] | IntArray, weights: Sequence[float] | FloatArray | None = None) -> Query:
        items = np.asarray(history, dtype=np.int32)
        given = np.ones(len(items)) if weights is None else weights
        return cls(items, np.asarray(given, dtype=np.float32))

    def last(self, n: int) -> Query:
        """The most recent ``n`` interactions."""
        return Query(self.history[-n:], self.weights[-n:])

    def __len__(self) -> int:
        return len(self.history)


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of one item's score; an item's parts sum to its score.

    ``item``: the past item it comes from; ``word``: the word it comes from; both, one or neither may be set.
    """

    scorer: str
    amount: float
    item: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a list: an item, its score after re-ranking, and which candidate sources brought it."""

    item: int
    score: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageTrace:
    stage: str
    items_in: int
    items_out: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A finished list, best first; ``fallback`` names the path taken when the person's own history could not serve."""

    places: tuple[Place, ...]
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = field(default=())
