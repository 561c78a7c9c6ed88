"""One person's scores at one moment: every list and every explanation is made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.request import Request
from recommender.engine.data.types import Contribution, Query, Recommendation
from recommender.engine.retrieval.candidates import CandidateSource


class ListStages(Protocol):
    """The stages after scoring; see `engine.stages`."""

    def recommend(self, request: Request, sources: Sequence[CandidateSource]) -> Recommendation: ...

    def unexpected(
        self, request: Request, sources: Sequence[CandidateSource]
    ) -> Recommendation: ...

    def contributions(
        self, query: Query, sources: Sequence[CandidateSource], items: Sequence[int]
    ) -> ContributionTable: ...

    def explain(
        self,
        request: Request,
        sources: Sequence[CandidateSource],
        items: Sequence[int],
        known: ContributionTable,
    ) -> list[list[Contribution]]: ...


@dataclass(frozen=True)
class ScoredQuery:
    """The catalogue scored once for one query; see ``Recommender.score_query``.

    ``sources``: the candidate sources; the scores of the first one rank. Every request must be of
    the same ``query``.
    """

    query: Query
    sources: Sequence[CandidateSource]
    stages: ListStages

    def recommend(self, request: Request) -> Recommendation:
        """The best list; shorter than requested only when nothing else is allowed."""
        return self.stages.recommend(self._own(request), self.sources)

    def unexpected(self, request: Request) -> Recommendation:
        """Items far from everything in the history; empty without a history."""
        return self.stages.unexpected(self._own(request), self.sources)

    def explain(
        self, lists: Sequence[tuple[Request, Sequence[int]]]
    ) -> list[list[list[Contribution]]]:
        """For each list and each of its items: contributions that sum to the item's score there.

        An item need not be in the list: it is explained as if it were. What lists have in common is
        computed once.
        """
        items = list(dict.fromkeys(item for _request, of_list in lists for item in of_list))
        known = self.stages.contributions(self.query, self.sources, items)
        return [
            self.stages.explain(self._own(request), self.sources, of_list, known)
            for request, of_list in lists
        ]

    def _own(self, request: Request) -> Request:
        if request.query is not self.query:
            raise ValueError("a scored query serves the query that it was made for")
        return request
