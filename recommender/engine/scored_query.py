"""One person's scores at one moment: every list and every explanation is made from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.request import Request
from recommender.engine.data.types import BoolArray, Contribution, Query, Recommendation
from recommender.engine.retrieval.candidates import Sources
from recommender.engine.whereabouts import Steps, Whereabouts


class ListStages(Protocol):
    """The stages after scoring; see `engine.stages`."""

    def recommend(self, request: Request, sources: Sources) -> Recommendation: ...

    def unexpected(self, request: Request, sources: Sources) -> Recommendation: ...

    def steps(self, request: Request, sources: Sources) -> Steps: ...

    def contributions(
        self, query: Query, sources: Sources, items: Sequence[int]
    ) -> ContributionTable: ...

    def explain(
        self,
        request: Request,
        sources: Sources,
        items: Sequence[int],
        known: ContributionTable,
        ids: NDArray[Any] | None = None,
    ) -> list[list[Contribution]]: ...


@dataclass(frozen=True, eq=False)
class ScoredQuery:
    """The candidates of one query, scored once for each filter; see ``Recommender.score_query``.

    Args:
        base: the request that it was made for. Every request must be of the same query.
        build: the sources within a filter, an (n_items,) mask or None.
        whole: all items are scored, whatever the filter.
    """

    base: Request
    stages: ListStages
    build: Callable[[BoolArray | None], Sources]
    whole: bool
    _built: dict[int, tuple[BoolArray | None, Sources]] = field(default_factory=dict, init=False)

    @property
    def query(self) -> Query:
        return self.base.query

    @property
    def sources(self) -> Sources:
        """Those of the request that it was made for."""
        return self._sources(self.base.allowed)

    def recommend(self, request: Request) -> Recommendation:
        """The best list; shorter than requested only when nothing else is allowed."""
        return self.stages.recommend(self._own(request), self._sources(request.allowed))

    def unexpected(self, request: Request) -> Recommendation:
        """Items far from everything in the history; empty without a history."""
        return self.stages.unexpected(self._own(request), self._sources(request.allowed))

    def whereabouts(self, request: Request, items: Sequence[int]) -> list[Whereabouts]:
        """How far each item comes on the way into the list of ``recommend``."""
        steps = self.stages.steps(self._own(request), self._sources(request.allowed))
        return list(map(steps.whereabouts, items))

    def explain(
        self,
        lists: Sequence[tuple[Request, Sequence[int]]],
        ids: NDArray[Any] | None = None,
    ) -> list[list[list[Contribution]]]:
        """For each list and each of its items: contributions that sum to the item's score there.

        An item need not be in the list: it is explained as if it were. What lists have in common is
        computed once. ``ids``: (n_items,) what past items are called; None = their indices.
        """
        items = list(dict.fromkeys(item for _request, of_list in lists for item in of_list))
        known = self.stages.contributions(self.query, self.sources, items)
        return [
            self.stages.explain(
                self._own(request), self._sources(request.allowed), of_list, known, ids
            )
            for request, of_list in lists
        ]

    def _sources(self, allowed: BoolArray | None) -> Sources:
        """A filter's sources are kept with its mask, so that no other mask gets its key."""
        allowed = None if self.whole else allowed
        if id(allowed) not in self._built:
            self._built[id(allowed)] = allowed, self.build(allowed)
        return self._built[id(allowed)][1]

    def _own(self, request: Request) -> Request:
        if request.query is not self.query:
            raise ValueError("a scored query serves the query that it was made for")
        return request
