"""The engine's words: indices instead of ids, arrays instead of rows.

*Index* always means a row number in ``Items``; *id* always means the owner's key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
class StatedPreferences:
    """What a person said of themselves.

    ``text``: typed, or answers of a questionnaire; ``wanted``: words of their interest text that they added, pinned or
    kept by hand, with weights 0 … 1; ``unwanted``: words that they deleted or muted.
    """

    text: str = ""
    wanted: Mapping[str, float] = field(default_factory=dict)
    unwanted: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.text or self.wanted or self.unwanted)


@dataclass(frozen=True, slots=True)
class NegativeFeedback:
    """An item that a person turned down, and (k,) ``since``: those that they chose after it."""

    item: int
    since: IntArray


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Query:
    """What is known of one person when a list is asked for.

    ``history`` and ``weights`` have the same length, oldest first; weights are confidences (1 = one plain interaction).
    ``values``: of the same length, what was recorded with each (stars), nan where nothing was; None = nowhere.
    ``negative_feedback``: what the person turned down, oldest first.
    """

    history: IntArray
    weights: FloatArray
    stated_preferences: StatedPreferences = field(default_factory=StatedPreferences)
    values: FloatArray | None = None
    negative_feedback: tuple[NegativeFeedback, ...] = ()

    @classmethod
    def of(
        cls, history: Sequence[int] | IntArray, weights: Sequence[float] | FloatArray | None = None
    ) -> Query:
        items = np.asarray(history, dtype=np.int32)
        given = np.ones(len(items)) if weights is None else weights
        return cls(items, np.asarray(given, dtype=np.float32))

    def last(self, n: int) -> Query:
        """The most recent ``n`` interactions."""
        values = None if self.values is None else self.values[-n:]
        return Query(
            self.history[-n:],
            self.weights[-n:],
            self.stated_preferences,
            values,
            self.negative_feedback,
        )

    def __len__(self) -> int:
        return len(self.history)


@dataclass(frozen=True, slots=True)
class Contribution:
    """A named piece of one item's score; an item's parts sum to its score.

    ``item``: the past item it comes from; ``word``: the word it comes from; both, one or neither may be set.
    """

    scorer: str
    amount: float
    item: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class RankedItem:
    """One place of a list: an item, its score after re-ranking, and which candidate sources brought it."""

    item: int
    score: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageTrace:
    """``figures``: what the stage did, numbers by name."""

    stage: str
    items_in: int
    items_out: int
    milliseconds: float
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A finished list, best first; ``fallback`` names the path taken when the person's own history could not serve."""

    ranked_items: tuple[RankedItem, ...]
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = field(default=())
