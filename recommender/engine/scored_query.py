"""Several lists for one person at one moment: the catalogue is scored once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recommender.engine.data.request import Request
from recommender.engine.data.types import Contribution, Query, Recommendation
from recommender.engine.retrieval.candidates import CandidateSource

Serve = Callable[[Request, Sequence[CandidateSource]], Recommendation]
Explain = Callable[
    [Sequence[tuple[Request, Sequence[int]]], Sequence[CandidateSource]],
    list[list[list[Contribution]]],
]


@dataclass(frozen=True)
class ScoredQuery:
    """What ``Recommender.score_query`` gives. Every request must be of the same ``query``.

    ``sources`` hold its scores.
    """

    query: Query
    sources: Sequence[CandidateSource]
    serve: Serve
    serve_different: Serve
    tell: Explain

    def recommend(self, request: Request) -> Recommendation:
        """What ``Recommender.recommend`` gives."""
        return self.serve(self._own(request), self.sources)

    def different(self, request: Request) -> Recommendation:
        """What is far from all that the person did; empty for somebody without a history."""
        return self.serve_different(self._own(request), self.sources)

    def explain(
        self, lists: Sequence[tuple[Request, Sequence[int]]]
    ) -> list[list[list[Contribution]]]:
        """For each list what ``Recommender.explain_many`` says of its items, with the parts computed once for all."""
        return self.tell([(self._own(request), items) for request, items in lists], self.sources)

    def _own(self, request: Request) -> Request:
        if request.query is not self.query:
            raise ValueError("a sitting serves the person whom it was opened for")
        return request
