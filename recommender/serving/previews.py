"""What a change would do to a list: which items enter, move and leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.serving.item_lists import Card

#: Items of the compared lists.
LISTED = 12


@dataclass(frozen=True)
class Moved:
    """A card at another position; positions count from 1."""

    card: Card
    before: int
    after: int

    @property
    def is_up(self) -> bool:
        return self.after < self.before


@dataclass(frozen=True)
class Preview:
    """The difference between a list and the changed list.

    ``entered``: cards with their new positions; ``moved``: in the order of the new list; ``left``:
    cards with their former positions.
    """

    entered: Sequence[tuple[Card, int]]
    moved: Sequence[Moved]
    left: Sequence[tuple[Card, int]]
    size: int

    @property
    def is_same(self) -> bool:
        return not (self.entered or self.moved or self.left)

    @classmethod
    def of(cls, before: Sequence[Card], after: Sequence[Card]) -> Preview:
        was = {card.item.pk: position for position, card in enumerate(before, start=1)}
        will = {card.item.pk: position for position, card in enumerate(after, start=1)}
        return cls(
            entered=[(card, will[card.item.pk]) for card in after if card.item.pk not in was],
            moved=[
                Moved(card, was[card.item.pk], will[card.item.pk])
                for card in after
                if was.get(card.item.pk, will[card.item.pk]) != will[card.item.pk]
            ],
            left=[(card, was[card.item.pk]) for card in before if card.item.pk not in will],
            size=len(after),
        )
