"""What the events of a catalogue say: its kinds and its rating scale, together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from catalog.models.event_kinds import HasKinds, Kinds, kinds_of
from catalog.models.rating_scales import RANGES, Range


class HasRules(HasKinds, Protocol):
    rating_scale: str
    zero_is_no_rating: bool


@dataclass(frozen=True)
class EventRules:
    """``zero_is_no_rating``: a rating of 0 is an event without a rating."""

    kinds: Kinds
    scale: str
    zero_is_no_rating: bool = False

    @classmethod
    def of(cls, catalog: HasRules) -> Self:
        return cls(kinds_of(catalog), catalog.rating_scale, catalog.zero_is_no_rating)

    @property
    def range(self) -> Range:
        return RANGES[self.scale]
