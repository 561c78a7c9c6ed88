"""One person's scores at one moment: every list and every explanation is made from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.reaches import Reaches
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
        build: the sources within a filter, an (n_items,) mask or None, with the reaches of the
            query; None = they are taken from these sources.
        whole: all items are scored, whatever the filter.
    """

    base: Request
    stages: ListStages
    build: Callable[[BoolArray | None, Reaches | None], Sources]
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
        unnamed_too: bool = False,
    ) -> list[list[list[Contribution]]]:
        """For each list and each of its items: contributions that sum to the item's score there.

        What lists have in common is computed once.

        Args:
            lists: an item need not be in the list; it is explained as if it were.
            ids: (n_items,) what past items are called; None = their indices.
            unnamed_too: an item that no source names is explained by its own score; else as the
                fallback would score it.
        """
        asked = []
        for request, items in lists:
            sources = self._sources(self._own(request).allowed)
            own = items if unnamed_too else sources.scored(items)
            asked.append((request, sources, items, own))
        personal = list(dict.fromkeys(item for *_list, own in asked for item in own))
        known = self.stages.contributions(self.query, self.sources, personal)
        return [
            self.stages.explain(request, sources, items, known.among(set(own)), ids)
            for request, sources, items, own in asked
        ]

    def _sources(self, allowed: BoolArray | None) -> Sources:
        """A filter's sources are kept with its mask, so that no other mask gets its key."""
        allowed = None if self.whole else allowed
        if id(allowed) not in self._built:
            # a penalty is worth the same in all lists of the query
            reaches = None if self.whole or allowed is self.base.allowed else self.sources.reaches
            self._built[id(allowed)] = allowed, self.build(allowed, reaches)
        return self._built[id(allowed)][1]

    def _own(self, request: Request) -> Request:
        if request.query is not self.query:
            raise ValueError("a scored query serves the query that it was made for")
        return request
