"""Why an item is in a list: the contributions to its score, grouped by subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from recommender.engine.data.types import Contribution

Subject = TypeVar("Subject", bound=Hashable)

BASE = "base"
"""The name of what every item's score begins with; it is nobody's reason."""


class Reason(StrEnum):
    """The main reason for an item, shown as one line on its card."""

    PAST_ITEM = "past_item"
    WORDS = "words"
    GENERAL = "general"


class GroupedContribution(NamedTuple, Generic[Subject]):
    """The sum of the contributions of one subject; may be negative."""

    subject: Subject
    amount: float


@dataclass(frozen=True)
class Explanation:
    """The contributions to a score in three groups, largest first; all amounts sum to the score.

    ``past_items``: by item index of the history. ``words``: by word. ``general``: all others, by
    the name of the scorer or the rule (popularity, its penalty, the tail dial).
    """

    past_items: tuple[GroupedContribution[int], ...]
    words: tuple[GroupedContribution[str], ...]
    general: tuple[GroupedContribution[str], ...]

    @property
    def score(self) -> float:
        return sum(
            sum(entry.amount for entry in group)
            for group in (self.past_items, self.words, self.general)
        )

    @property
    def gains(self) -> dict[Reason, float]:
        """The sum of the positive amounts of each group."""
        return {
            Reason.PAST_ITEM: _gain(self.past_items),
            Reason.WORDS: _gain(self.words),
            Reason.GENERAL: _gain([each for each in self.general if each.subject != BASE]),
        }

    @property
    def reason(self) -> Reason:
        """The group with the largest of them."""
        gains = self.gains
        return max(gains, key=gains.__getitem__) if any(gains.values()) else Reason.GENERAL


def group(contributions: Iterable[Contribution]) -> Explanation:
    """Sum the contributions by subject; one with an item and a word counts for the item."""
    past_items: dict[int, float] = defaultdict(float)
    words: dict[str, float] = defaultdict(float)
    general: dict[str, float] = defaultdict(float)
    for scorer, amount, item, word in contributions:
        if item is not None:
            past_items[item] += amount
        elif word is not None:
            words[word] += amount
        else:
            general[scorer] += amount
    return Explanation(_largest_first(past_items), _largest_first(words), _largest_first(general))


def _largest_first(amounts: dict[Subject, float]) -> tuple[GroupedContribution[Subject], ...]:
    largest_first = sorted(amounts.items(), key=itemgetter(1), reverse=True)
    return tuple(map(GroupedContribution._make, largest_first))


def _gain(group: Sequence[GroupedContribution[Any]]) -> float:
    return sum(entry.amount for entry in group if entry.amount > 0)
