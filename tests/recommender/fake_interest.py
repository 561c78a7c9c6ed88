"""An interest model of which every answer is known, put into live models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from recommender.engine.data.types import Query


@dataclass
class FakeInterest:
    """Says ``said`` to everybody of whom something is known; ``asked``: with what it was asked."""

    said: Sequence[tuple[str, float]] = (("mug", 0.9), ("towel", 0.5), ("glass", 0.4))
    asked: list[Query] = field(default_factory=list)

    def words(
        self, query: Query, n: int = 12, hidden: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        self.asked.append(query)
        return list(self.said)[:n]
