"""Why an item is in a list: its score's parts, gathered by what they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from recommender.engine.data.types import Contribution

Subject = TypeVar("Subject", bound=Hashable)


class Reason(StrEnum):
    """What speaks most for an item, for the one line on its card."""

    PAST_ITEM = "past_item"
    WORDS = "words"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class GroupedContribution(Generic[Subject]):
    """How much of a score speaks of one subject; may be negative."""

    subject: Subject
    amount: float


@dataclass(frozen=True)
class Explanation:
    """A score taken apart; the amounts of all three groups sum to it. In each group the most comes first.

    ``past_items``: by item index of the history; ``words``: by word; ``general``: what speaks of neither, by the name
    of the scorer or of the rule (popularity, its penalty, the tail dial).
    """

    past_items: tuple[GroupedContribution[int], ...]
    words: tuple[GroupedContribution[str], ...]
    general: tuple[GroupedContribution[str], ...]

    @property
    def score(self) -> float:
        return sum(
            sum(share.amount for share in shares)
            for shares in (self.past_items, self.words, self.general)
        )

    @property
    def reason(self) -> Reason:
        """The group in whose favour most was said; what speaks against the item is no reason for it."""
        gains = {
            Reason.PAST_ITEM: _gain(self.past_items),
            Reason.WORDS: _gain(self.words),
            Reason.GENERAL: _gain(self.general),
        }
        return max(gains, key=gains.__getitem__) if any(gains.values()) else Reason.GENERAL


def group(parts: Iterable[Contribution]) -> Explanation:
    """Add up the parts that speak of the same thing; one that has an item and a word counts for the item."""
    past_items: dict[int, float] = defaultdict(float)
    words: dict[str, float] = defaultdict(float)
    general: dict[str, float] = defaultdict(float)
    for part in parts:
        if part.item is not None:
            past_items[part.item] += part.amount
        elif part.word is not None:
            words[part.word] += part.amount
        else:
            general[part.scorer] += part.amount
    return Explanation(_most_first(past_items), _most_first(words), _most_first(general))


def _most_first(amounts: dict[Subject, float]) -> tuple[GroupedContribution[Subject], ...]:
    return tuple(
        GroupedContribution(subject, amount)
        for subject, amount in sorted(amounts.items(), key=lambda entry: -entry[1])
    )


def _gain(shares: Sequence[GroupedContribution[Any]]) -> float:
    return sum(share.amount for share in shares if share.amount > 0)
