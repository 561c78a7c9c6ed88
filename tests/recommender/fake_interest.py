"""An interest model with known answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from recommender.engine.data.types import Query


@dataclass
class FakeInterest:
    """Answers ``said`` to every query with a history or preferences. ``asked``: the queries."""

    said: Sequence[tuple[str, float]] = (("mug", 0.9), ("towel", 0.5), ("glass", 0.4))
    asked: list[Query] = field(default_factory=list)

    def words(
        self, query: Query, n: int = 12, hidden: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        self.asked.append(query)
        return list(self.said)[:n]
