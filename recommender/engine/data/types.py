"""The engine's data types: indices instead of ids, arrays instead of rows.

An *index* is always a row number in ``Items``; an *id* is always the owner's key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

Progress = Callable[[str, float], None]
"""Called with the name of the stage and the fraction done, 0 … 1."""


def no_progress(stage: str, fraction: float) -> None:
    """Ignore progress."""


class ExclusionKind(StrEnum):
    """``WITHOUT``: no item with it. ``ONLY``: no item that is anything else."""

    WITHOUT = "without"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that a person leaves out, or the only thing that they want.

    Attributes:
        words: the thing, as the person wrote it.
        said: the phrase that says so; empty for one that was not typed.
        is_lack: the person says that they do not have it. That counts for equipment and food.
    """

    kind: ExclusionKind
    words: str
    said: str = ""
    is_lack: bool = False

    @property
    def key(self) -> str:
        """The same for the same meaning, however it was said."""
        folded = unicodedata.normalize("NFKC", self.words).casefold()
        return f"{self.kind}:{' '.join(folded.split())}"


@dataclass(frozen=True, slots=True)
class StatedPreferences:
    """What a person states about their interests.

    ``text``: typed text or answers to a questionnaire. ``wanted``: words of the interest text that
    the person added, pinned or edited, with weights 0 … 1. ``unwanted``: words that the person
    deleted or muted. ``exclusions``: what no list may hold; they change no score.
    """

    text: str = ""
    wanted: Mapping[str, float] = field(default_factory=dict)
    unwanted: frozenset[str] = frozenset()
    exclusions: tuple[Exclusion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.wanted or self.unwanted)


@dataclass(frozen=True, slots=True)
class NegativeFeedback:
    """An item that a person turned down.

    ``since``: (k,) items that the person chose afterwards. ``value``: the low rating; NaN without.
    """

    item: int
    since: IntArray
    value: float = float("nan")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Query:
    """What is known about a person when a list is requested.

    ``history``, ``weights`` and ``values`` have the same length, oldest first. Weights are
    confidences (1 = one plain interaction). Values are what was recorded (stars), NaN where nothing
    was recorded; None = nothing was recorded at all. ``negative_feedback``: the items that the
    person turned down, oldest first. ``seen``: items of the history that the person does not know
    (only viewed); lists may hold them, after the others. ``due``: items that may come back, such
    as bread, each with how due it is, 0 … 1.
    """

    history: IntArray
    weights: FloatArray
    stated_preferences: StatedPreferences = field(default_factory=StatedPreferences)
    values: FloatArray | None = None
    negative_feedback: tuple[NegativeFeedback, ...] = ()
    seen: tuple[int, ...] = ()
    due: tuple[tuple[int, float], ...] = ()

    @classmethod
    def of(
        cls, history: Sequence[int] | IntArray, weights: Sequence[float] | FloatArray | None = None
    ) -> Query:
        items = np.asarray(history, dtype=np.int32)
        confidences = np.ones(len(items)) if weights is None else weights
        return cls(items, np.asarray(confidences, dtype=np.float32))

    def last(self, n: int) -> Query:
        """The most recent ``n`` interactions."""
        if n >= len(self):
            return self
        values = None if self.values is None else self.values[-n:]
        return replace(self, history=self.history[-n:], weights=self.weights[-n:], values=values)

    def __len__(self) -> int:
        return len(self.history)


class Contribution(NamedTuple):
    """A named part of an item's score. The contributions of an item sum to its score.

    ``item``: the past item, and ``word``: the word that it comes from; either may be None. A named
    tuple, because a page has thousands of them and stores a thousand.
    """

    scorer: str
    amount: float
    item: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class RankedItem:
    """An item in a list, its score after re-ranking, and the candidate sources that found it."""

    item: int
    score: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageTrace:
    """Trace of a pipeline stage. ``figures``: numbers by name that describe what it did."""

    stage: str
    items_in: int
    items_out: int
    milliseconds: float
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A finished list, best first.

    ``fallback`` names the fallback that was used if the person's history gave no items.
    """

    ranked_items: tuple[RankedItem, ...]
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = field(default=())
