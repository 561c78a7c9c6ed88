"""A phrase of a text that leaves something out."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.engine.data.types import Exclusion, ExclusionKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """From ``start`` to ``end`` of the folded text."""

    start: int
    end: int
    exclusions: tuple[Exclusion, ...]

    @property
    def stays(self) -> bool:
        """Whether its words are wanted, so that they stay in the rest of the text."""
        return all(each.kind == ExclusionKind.ONLY for each in self.exclusions)
