"""Several lists for one person at one moment: the catalogue is scored once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recommender.engine.data.request import Request
from recommender.engine.data.types import Part, Query, Recommendation
from recommender.engine.retrieval.candidates import Pool

Serve = Callable[[Request, Sequence[Pool]], Recommendation]
Explain = Callable[[Sequence[tuple[Request, Sequence[int]]], Sequence[Pool]], list[list[list[Part]]]]


@dataclass(frozen=True)
class Sitting:
    """What ``Recommender.sit`` gives. Every request must be of the same ``query``; ``pools`` hold its scores."""

    query: Query
    pools: Sequence[Pool]
    serve: Serve
    serve_different: Serve
    tell: Explain

    def recommend(self, request: Request) -> Recommendation:
        """What ``Recommender.recommend`` gives."""
        return self.serve(self._own(request), self.pools)

    def different(self, request: Request) -> Recommendation:
        """What is far from all that the person did; empty for somebody without a history."""
        return self.serve_different(self._own(request), self.pools)

    def explain(self, lists: Sequence[tuple[Request, Sequence[int]]]) -> list[list[list[Part]]]:
        """For each list what ``Recommender.explain_many`` says of its items, with the parts computed once for all."""
        return self.tell([(self._own(request), items) for request, items in lists], self.pools)

    def _own(self, request: Request) -> Request:
        if request.query is not self.query:
            raise ValueError("a sitting serves the person whom it was opened for")
        return request
