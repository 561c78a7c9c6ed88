"""The stages from candidates to a finished list, and the explanation of each score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories
from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.errors import DataError
from recommender.engine.data.providers import seldom_met
from recommender.engine.data.request import Request
from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    IntArray,
    Query,
    RankedItem,
    Recommendation,
)
from recommender.engine.ranking.ranking import Ranked, rank
from recommender.engine.ranking.second_stage import SecondStage
from recommender.engine.reranking.fallback import Popular, name_of
from recommender.engine.reranking.negative_feedback import NegativeFeedbackPenalty
from recommender.engine.reranking.reranking import (
    CatalogueContext,
    Dial,
    TailContext,
    apply_dial,
    category_likeness,
    popularity_of,
    rerank,
)
from recommender.engine.reranking.stated_preferences import STATED_PREFERENCES
from recommender.engine.reranking.unexpected import UNEXPECTED, Unexpectedness
from recommender.engine.retrieval.candidates import (
    Candidates,
    CandidateSource,
    Sources,
    generate,
)
from recommender.engine.retrieval.may_hold import MayHold
from recommender.engine.scorers.base import Scorer
from recommender.engine.trace import Stopwatch
from recommender.engine.whereabouts import Steps

DEPTH = 400
"""Candidates by score, and as many of the tail: what the dial and the minimum tail share choose
from.
"""

NEWEST = "newest"
"""The source of items that came after the training, in a list without a history."""

MIN_NEWER_SHARE = 0.1
"""A tenth of what popular items fill goes to items that came after the training. Nobody could take
them yet, so popularity alone would never show them."""

TEXT_COMPONENTS = ("words", "semantic")

SIMILARITY_COMPONENTS = (*TEXT_COMPONENTS, "sentences")
"""Components that measure how far an item is from a history by its text."""

HISTORY = "history"
"""The source of items that the blend scores highest."""

UNTUNED: Mapping[str, float | None] = {STATED_PREFERENCES: None}
"""The tail bonus of other sources' scores; 0 for those that are not named: nothing is added to
popular or similar items."""


@dataclass(frozen=True)
class _Reranked:
    """The items that have a score, re-ranked, and the dial that is in their scores."""

    ranked: Ranked
    dial: Dial


@dataclass(frozen=True)
class Stages:
    """Candidates, ranking, re-ranking and fallback for one catalogue.

    The arguments are those of ``Recommender``; ``components``: the scorers of the blend by name;
    ``penalty``: the blend with stated preferences and negative feedback. ``tail_bonus``: what
    tuning adds to the score of a tail item; None = nothing was tuned. ``second``: re-ranks the best
    of what the blend ranks for a history; None = nothing does.
    """

    counts: IntArray
    head: BoolArray
    recent: FloatArray | None
    categories: sp.csr_matrix | None
    providers: IntArray | None
    components: Mapping[str, Scorer]
    penalty: NegativeFeedbackPenalty
    clock: Callable[[], float]
    newer: BoolArray | None = None
    tail_bonus: float | None = None
    second: SecondStage | None = None

    @property
    def n_items(self) -> int:
        return len(self.counts)

    def recommend(self, request: Request, sources: Sources) -> Recommendation:
        """The best list of what ``sources`` bring, ranked by the scores of the first source."""
        watch, may_hold = Stopwatch(self.clock), self._may_hold(request)
        ranked = self._rerank(request, sources, may_hold(sources.items), watch).ranked
        if len(ranked) < request.n and request.query.seen:
            may_hold = replace(may_hold, seen_too=True)
            ranked = self._with_seen(request, sources, ranked, may_hold)
        items = watch.run("fallback", len(ranked), self._fill, request, ranked, may_hold)
        return Recommendation(items, name_of(len(ranked), len(items), self.popular), watch.trace)

    def unexpected(self, request: Request, sources: Sources) -> Recommendation:
        """Items far from the history in text and categories, and well received."""
        query, items, watch = request.query, sources.items, Stopwatch(self.clock)
        near = [
            self.components[name].score(query, items)
            for name in SIMILARITY_COMPONENTS
            if name in self.components
        ]
        scores = self._unexpectedness.score(query, items, sources.first.scores, near, request.n)
        may_hold, penalised = self._may_hold(request)(items), self.penalty.penalised(query, items)
        may_hold &= True if penalised is None else ~penalised
        source = CandidateSource(UNEXPECTED, scores, max(request.n, DEPTH))
        ranked = self._rerank(request, Sources(items, (source,)), may_hold, watch).ranked
        fallback = name_of(len(ranked), len(ranked), self.popular)
        return Recommendation(ranked.ranked_items(), fallback, watch.trace)

    def steps(self, request: Request, sources: Sources) -> Steps:
        """The list of a request, step by step, before what only fills it."""
        may_hold = self._may_hold(request)
        found = generate(sources, may_hold(sources.items))
        ranked = self._rank(request.query, sources, found)
        dial = self._dial(request, sources, ranked)
        listed = rerank(request, ranked, dial, self._around).ranked
        return Steps(may_hold, sources, ranked, apply_dial(ranked, dial), listed)

    def contributions(
        self, query: Query, sources: Sources, items: Sequence[int]
    ) -> ContributionTable:
        """The contributions to the scores before the dial, of those ``items`` that have a score."""
        asked = np.unique(np.asarray(items, dtype=np.int32))
        scores = sources.scores_of(asked)
        if sources.first.size and not np.isin(asked, sources.items).all():
            scores, _reaches = self.penalty.score(query, asked, sources.reaches)
        known = set(asked[~np.isnan(scores)].tolist())
        scored = [item for item in items if item in known]
        if not scored:
            return ContributionTable.of([], [])
        return self.penalty.explain_table(query, scored, sources.reaches)

    def explain(
        self,
        request: Request,
        sources: Sources,
        items: Sequence[int],
        known: ContributionTable,
        ids: NDArray[Any] | None = None,
    ) -> list[list[Contribution]]:
        """Contributions that sum to each item's score in the list of ``request``, the dial's last.

        ``known``: from ``contributions``, of what the list scores. Others are explained as the
        fallback scores them. ``ids``: (n_items,) what past items are called; None = their indices.
        """
        may_hold = self._may_hold(request)
        first = rank(generate(sources, may_hold(sources.items)), sources.first.scores)
        ranked, second = first, self._second(sources)
        if second is not None:
            rescored = second.rescore(request.query, first)
            ranked, known = rescored.ranked, second.explain(rescored, known)
        own = known.by_item(ids)
        dial = self._dial(request, sources, ranked)
        if any(item not in own for item in items):
            personal = rerank(request, ranked, dial, self._around).ranked
            popular = self._rerank_popular(request, personal, may_hold).dial
        return [
            own[item] + dial.explain(item)
            if item in own
            else self._explain_popular(request.query, item, ids) + popular.explain(item)
            for item in items
        ]

    def _explain_popular(
        self, query: Query, item: int, ids: NDArray[Any] | None
    ) -> list[Contribution]:
        lowered = self.penalty.explain_penalties(query, [item], self.popular.reach)
        return ContributionTable.of([item], lowered).lists(ids)[0] + self.popular.explain(item)

    def _rerank(
        self,
        request: Request,
        sources: Sources,
        may_hold: BoolArray,
        watch: Stopwatch,
    ) -> _Reranked:
        found = watch.run("candidates", int(may_hold.sum()), generate, sources, may_hold)
        ranked = watch.run("ranking", len(found), self._rank, request.query, sources, found)
        dial = self._dial(request, sources, ranked)
        reranked = watch.run("reranking", len(ranked), rerank, request, ranked, dial, self._around)
        return _Reranked(reranked.ranked, dial)

    def _rank(self, query: Query, sources: Sources, found: Candidates) -> Ranked:
        ranked, second = rank(found, sources.first.scores), self._second(sources)
        return ranked if second is None else second.rescore(query, ranked).ranked

    def _second(self, sources: Sources) -> SecondStage | None:
        """The second stage, which knows the scores of a history alone."""
        return self.second if sources.first.name == HISTORY else None

    def _dial(self, request: Request, sources: Sources, ranked: Ranked) -> Dial:
        """The dial for scores of the first source: the tuned bonus is on the blend's scale."""
        bonus = (
            self.tail_bonus
            if sources.first.name == HISTORY
            else UNTUNED.get(sources.first.name, 0.0)
        )
        return Dial.turned_to(request.tail, ranked, replace(self._tail, bonus=bonus))

    def _with_seen(
        self, request: Request, sources: Sources, ranked: Ranked, may_hold: MayHold
    ) -> Ranked:
        """The items, and after them those that the person only looked at."""
        missing = replace(request, n=request.n - len(ranked))
        seen = np.isin(sources.items, list(request.query.seen)) & may_hold(sources.items)
        again = self._rerank(missing, sources, seen, Stopwatch(self.clock)).ranked
        return ranked.followed_by(again)

    def _fill(
        self, request: Request, personal: Ranked, may_hold: MayHold
    ) -> tuple[RankedItem, ...]:
        """The personal items, and popular items in the positions that are left."""
        if len(personal) == request.n:
            return personal.ranked_items()
        popular = self._rerank_popular(request, personal, may_hold).ranked
        return personal.ranked_items() + popular.ranked_items()

    def _rerank_popular(self, request: Request, personal: Ranked, may_hold: MayHold) -> _Reranked:
        missing = replace(request, n=max(1, request.n - len(personal)))
        sources = self._popular_sources(request, replace(may_hold, listed=personal.items))
        if self.newer is not None:
            missing = replace(missing, min_newer_share=MIN_NEWER_SHARE)
        every = np.ones(len(sources.items), dtype=bool)
        return self._rerank(missing, sources, every, Stopwatch(self.clock))

    def _popular_sources(self, request: Request, may_hold: MayHold) -> Sources:
        """What fills a list: the most popular items that it may hold, and the newest."""
        query, size, popular = request.query, max(request.n, DEPTH), self.popular

        def may(items: IntArray) -> BoolArray:
            return may_hold(items) & ~self.penalty.boost.unwanted(query, items)

        items = popular.first(size, may)
        if self.newer is not None:
            newest = np.flatnonzero(self.newer).astype(np.int32)
            items = np.union1d(items, newest[may(newest)]).astype(np.int32)
        scores = self.penalty.penalise(popular.scores[items], query, items, popular.reach)
        sources = [CandidateSource(popular.name, scores, size)]
        if self.newer is not None:
            sources.append(CandidateSource(NEWEST, scores, size, self.newer[items]))
        return Sources(items, tuple(sources))

    def _may_hold(self, request: Request) -> MayHold:
        """What this list may hold before what the person has only seen."""
        if request.allowed is not None and len(request.allowed) != self.n_items:
            raise DataError(f"allowed: {len(request.allowed)} entries for {self.n_items} items")
        head = self.head if request.only_tail else None
        return MayHold(request.allowed, request.exclude, request.query, head)

    def _likeness(self, items: IntArray) -> NDArray[np.float32]:
        """(n, n) similarity of the items by their texts, else by shared categories, else 0."""
        for component in self.components.values():
            if (known := component.likeness(items)) is not None:
                return known
        if self.categories is not None:
            return category_likeness(self.categories, items)
        return np.zeros((len(items), len(items)), dtype=np.float32)

    @cached_property
    def seldom_met(self) -> BoolArray | None:
        """(n_items,) items of providers that few people meet; None where no provider is known."""
        return None if self.providers is None else seldom_met(self.providers, self.counts)

    @cached_property
    def popular(self) -> Popular:
        """The fallback."""
        return Popular.of(self.recent, self.counts)

    @cached_property
    def _around(self) -> CatalogueContext:
        categories = None if self.categories is None else Categories.of(self.categories)
        return CatalogueContext(self.head, self.seldom_met, categories, self._likeness, self.newer)

    @cached_property
    def _tail(self) -> TailContext:
        return TailContext(popularity_of(self.counts, self.head), self.head)

    @cached_property
    def _unexpectedness(self) -> Unexpectedness:
        return Unexpectedness(self.counts, self.categories)
