"""From a person's history to a finished list: candidates, ranking, re-ranking, fallback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.data.providers import provider_codes, seldom_met
from recommender.engine.data.request import Request
from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    IntArray,
    NegativeFeedback,
    Query,
    RankedItem,
    Recommendation,
)
from recommender.engine.evaluation.evaluate import head_of
from recommender.engine.ranking.ranking import Ranked, rank
from recommender.engine.reranking.fallback import NOBODY, Popular, name_of
from recommender.engine.reranking.negative_feedback import Likeness, NegativeFeedbackPenalty
from recommender.engine.reranking.reranking import (
    Dial,
    Surroundings,
    category_likeness,
    popularity_of,
    rerank,
)
from recommender.engine.reranking.stated_preferences import (
    STATED_PREFERENCES,
    StatedPreferenceBoost,
)
from recommender.engine.reranking.unexpected import DIFFERENT, Difference
from recommender.engine.retrieval.candidates import CandidateSource, generate
from recommender.engine.scored_query import ScoredQuery
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.popularity import RecentPopularity
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.trace import Stopwatch

__all__ = ["Recommender", "Request"]

DEPTH = 400
"""Candidates by score, and as many of the tail: what the dial and the minimum tail share can choose from."""

SIDE_DEPTH = 100
"""Candidates by text alone and by popularity alone."""

BLOCK_BYTES = 64 * 2**20
"""Bounds ``recommend_many``: the size of one array of float32 scores, of which a scorer holds a handful."""

Kind = TypeVar("Kind", bound=Scorer)

TEXT_PARTS = ("words", "semantic")
READING_PARTS = (*TEXT_PARTS, "sentences")
"""What tells how far an item is from a history by its text."""

TEXT = "text"
"""The source that brings what is near in its text alone."""


@dataclass(frozen=True)
class Drawn:
    """A list as far as its scores reach, and the dial that is in them."""

    ranked: Ranked
    dial: Dial


@dataclass(frozen=True)
class Recommender:
    """A fitted scorer with what the stages need to know of the catalogue.

    Args:
        scorer: the fitted hybrid, or any fitted scorer.
        counts: (n_items,) people per item in training.
        head: (n_items,) mask of the head items.
        recent: (n_items,) what is liked lately, for those of whom nothing is known; None = ``counts`` instead.
        categories: (n_items, n_categories) 0/1: for calibration, and for diversity where the scorer knows no likeness.
        providers: (n_items,) one number a provider, -1 for none; None = nobody is named.
        interest: what puts people's interests into words; a part of the scorer or not; None = nothing does.
        rating: what predicts stars; likewise.
        clock: seconds, for the trace.
    """

    scorer: Scorer
    counts: IntArray
    head: BoolArray
    recent: FloatArray | None = None
    categories: sp.csr_matrix | None = None
    providers: IntArray | None = None
    interest: Interest | None = None
    rating: Rating | None = None
    clock: Callable[[], float] = time.perf_counter

    @classmethod
    def of(
        cls,
        scorer: Scorer,
        train: Dataset,
        interest: Interest | None = None,
        rating: Rating | None = None,
    ) -> Recommender:
        """A recommender for the data set that the scorer was fitted on."""
        recent = RecentPopularity().fit(train, np.random.default_rng(0)).score(NOBODY)
        categories, providers = (
            category_matrix(train.items.categories),
            provider_codes(train.items.providers),
        )
        return cls(
            scorer=scorer,
            counts=train.counts,
            head=head_of(train),
            recent=recent,
            categories=categories,
            providers=providers,
            interest=interest or part_of(scorer, Interest),
            rating=rating or part_of(scorer, Rating),
        )

    @property
    def n_items(self) -> int:
        return len(self.counts)

    def recommend(self, request: Request) -> Recommendation:
        """The best list for one person; shorter than asked only when nothing else is allowed."""
        return self._serve(request, self._score(request))

    def recommend_many(self, requests: Sequence[Request]) -> Iterator[Recommendation]:
        """The lists of ``recommend``, in order, scored in blocks of bounded memory."""
        for request, sources in self._scored(requests):
            yield self._serve(request, sources)

    def recommend_variants(
        self, requests: Sequence[Request], stated_preferences: Sequence[Mapping[str, Any]]
    ) -> Iterator[list[Recommendation]]:
        """For each request, in order, its list under each of the wishes, scored once.

        ``stated_preferences``: fields of the request with other values, none of which may change what is scored.
        """
        for request, sources in self._scored(requests):
            yield [self._serve(replace(request, **wish), sources) for wish in stated_preferences]

    def similar(
        self,
        item: int,
        n: int,
        allowed: BoolArray | None = None,
        negative_feedback: Sequence[NegativeFeedback] = (),
    ) -> Recommendation:
        """The items nearest to one; it is never among them. What ``negative_feedback`` sink comes last."""
        return self._serve(*self._near(item, n, allowed, negative_feedback))

    def similar_explained(
        self,
        item: int,
        n: int,
        allowed: BoolArray | None = None,
        negative_feedback: Sequence[NegativeFeedback] = (),
        also: Sequence[int] = (),
    ) -> tuple[Recommendation, list[list[Contribution]]]:
        """What ``similar`` gives, and the parts of what speaks for its places, and for ``also``, beside the item."""
        request, sources = self._near(item, n, allowed, negative_feedback)
        made = self._serve(request, sources)
        return made, self._explain(
            request, sources, [*(place.item for place in made.places), *also]
        )

    def _near(
        self,
        item: int,
        n: int,
        allowed: BoolArray | None,
        negative_feedback: Sequence[NegativeFeedback],
    ) -> tuple[Request, list[CandidateSource]]:
        request = Request(
            replace(Query.of([item]), negative_feedback=tuple(negative_feedback)),
            n,
            allowed=allowed,
        )
        scores = self._steered.penalise(self.scorer.similar(item), request.query)
        return request, [CandidateSource("similar", scores, max(n, DEPTH))]

    def penalised(self, query: Query) -> BoolArray:
        """(n_items,) what the person's refusals sink."""
        found = self._steered.penalised(query)
        return np.zeros(self.n_items, dtype=bool) if found is None else found

    def explain(self, request: Request, item: int) -> list[Contribution]:
        """Parts that sum to the score of the item's place, the tail dial among them.

        The list need not hold the item: the parts are those of the score that it would have there.
        """
        return self.explain_many(request, [item])[0]

    def explain_many(self, request: Request, items: Sequence[int]) -> list[list[Contribution]]:
        """What ``explain`` says of each item, with the catalogue scored once."""
        return self._explain(request, self._score(request), items)

    def recommend_explained(
        self, request: Request, also: Sequence[int] = ()
    ) -> tuple[Recommendation, list[list[Contribution]]]:
        """What ``recommend`` gives, and what ``explain`` says of its places and then of the items in ``also``.

        The catalogue is scored once for both.
        """
        sources = self._score(request)
        made = self._serve(request, sources)
        return made, self._explain(
            request, sources, [*(place.item for place in made.places), *also]
        )

    def score_query(self, request: Request) -> ScoredQuery:
        """The person's scores, kept for several lists; ``request``: the one that wants most places."""
        return ScoredQuery(
            request.query,
            self._score(request),
            self._serve,
            self._serve_different,
            self._explain_lists,
        )

    def _serve_different(
        self, request: Request, sources: Sequence[CandidateSource]
    ) -> Recommendation:
        near = [
            self._parts[name].score(request.query) for name in READING_PARTS if name in self._parts
        ]
        scores = self._difference.score(request.query, sources[0].scores, near, request.n)
        different, penalised = ~np.isnan(scores), self._steered.penalised(request.query)
        different &= True if penalised is None else ~penalised
        allowed = different if request.allowed is None else different & request.allowed
        return self._serve(
            replace(request, allowed=allowed),
            [CandidateSource(DIFFERENT, scores, max(request.n, DEPTH))],
        )

    def _explain_lists(
        self, lists: Sequence[tuple[Request, Sequence[int]]], sources: Sequence[CandidateSource]
    ) -> list[list[list[Contribution]]]:
        items = list(dict.fromkeys(item for _request, of_list in lists for item in of_list))
        own = self._own_parts(lists[0][0].query, sources, items) if lists else {}
        return [self._explain(request, sources, of_list, own) for request, of_list in lists]

    def _own_parts(
        self, query: Query, sources: Sequence[CandidateSource], items: Sequence[int]
    ) -> dict[int, list[Contribution]]:
        """What the scorer and the wishes say of those items that they have a score for."""
        known = [item for item in items if not np.isnan(sources[0].scores[item])]
        return (
            dict(zip(known, self._steered.explain_many(query, known), strict=True)) if known else {}
        )

    def _explain(
        self,
        request: Request,
        sources: Sequence[CandidateSource],
        items: Sequence[int],
        own: Mapping[int, list[Contribution]] | None = None,
    ) -> list[list[Contribution]]:
        """``own``: from ``_own_parts`` for these items and others, where several lists are explained."""
        open_items = self._open_items(request)
        ranked = rank(generate(sources, open_items), sources[0].scores)
        dial = Dial.turned_to(request.tail, ranked, self._popularity)
        own = self._own_parts(request.query, sources, items) if own is None else own
        if any(item not in own for item in items):
            personal = rerank(request, ranked, dial, self._around).ranked
            popular = self._draw_up_popular(request, personal, open_items).dial
        return [
            own[item] + dial.explain(item)
            if item in own
            else self._explain_popular(request.query, item) + popular.explain(item)
            for item in items
        ]

    def _explain_popular(self, query: Query, item: int) -> list[Contribution]:
        parts = [self._popular.explain(item)]
        return self._steered.explain_penalties(query, self._popular.scores, [item], parts)[0]

    def _serve(self, request: Request, sources: Sequence[CandidateSource]) -> Recommendation:
        watch, open_items = Stopwatch(self.clock), self._open_items(request)
        personal = self._draw_up(request, sources, open_items, watch).ranked
        places = watch.run("fallback", len(personal), self._fill, request, personal, open_items)
        return Recommendation(
            places, name_of(len(personal), len(places), self._popular), watch.trace
        )

    def _draw_up(
        self,
        request: Request,
        sources: Sequence[CandidateSource],
        open_items: BoolArray,
        watch: Stopwatch,
    ) -> Drawn:
        """Candidates → ranking → re-ranking, by the scores of the first pool."""
        found = watch.run("candidates", int(open_items.sum()), generate, sources, open_items)
        ranked = watch.run("ranking", len(found), rank, found, sources[0].scores)
        dial = Dial.turned_to(request.tail, ranked, self._popularity)
        return Drawn(
            watch.run("reranking", len(ranked), rerank, request, ranked, dial, self._around).ranked,
            dial,
        )

    def _fill(
        self, request: Request, personal: Ranked, open_items: BoolArray
    ) -> tuple[RankedItem, ...]:
        """The personal places, and what most people like in those that are left."""
        if len(personal) == request.n:
            return personal.places()
        return (
            personal.places() + self._draw_up_popular(request, personal, open_items).ranked.places()
        )

    def _draw_up_popular(self, request: Request, personal: Ranked, open_items: BoolArray) -> Drawn:
        missing, left = replace(request, n=max(1, request.n - len(personal))), open_items.copy()
        left[personal.items] = False
        left &= ~self._preference_boost.unwanted(request.query)
        scores = self._steered.penalise(self._popular.scores, request.query)
        source = CandidateSource(self._popular.name, scores, max(request.n, DEPTH))
        return self._draw_up(missing, [source], left, Stopwatch(self.clock))

    def _score(self, request: Request) -> list[CandidateSource]:
        text = self._text.score(request.query) if self._text else None
        return self._sources(request, self._steered.score(request.query), text)

    def _scored(
        self, requests: Sequence[Request]
    ) -> Iterator[tuple[Request, list[CandidateSource]]]:
        size = max(1, BLOCK_BYTES // (4 * max(1, self.n_items)))
        for start in range(0, len(requests), size):
            block = requests[start : start + size]
            yield from zip(block, self._score_block(block), strict=True)

    def _score_block(self, block: Sequence[Request]) -> Iterator[list[CandidateSource]]:
        queries = [request.query for request in block]
        texts = self._text.score_batch(queries) if self._text else [None] * len(block)
        yield from map(self._sources, block, self._steered.score_batch(queries), texts)

    def _sources(
        self, request: Request, scores: FloatArray, text: FloatArray | None
    ) -> list[CandidateSource]:
        """The generators for one person, the first with the scores that rank; without history and wishes none knows."""
        deep, side = max(request.n, DEPTH), max(request.n, SIDE_DEPTH)
        preferred = self._preference_boost.preferred(request.query)
        tail = CandidateSource("tail", scores, deep, among=~self.head)
        if not len(request.query):
            nothing = CandidateSource("history", np.full(self.n_items, np.nan, dtype=np.float32), 0)
            return (
                [nothing]
                if preferred is None
                else [CandidateSource(STATED_PREFERENCES, scores, deep), tail]
            )
        sources = [CandidateSource("history", scores, deep), tail]
        not_penalised = self._not_penalised(request.query)
        sources += (
            [CandidateSource(STATED_PREFERENCES, preferred, side, among=not_penalised)]
            if preferred is not None
            else []
        )
        sources += (
            [CandidateSource(TEXT, text, side, among=not_penalised)] if text is not None else []
        )
        if request.min_provider_share and self._around.seldom_met is not None:
            sources.append(
                CandidateSource("providers", scores, side, among=self._around.seldom_met)
            )
        return [
            *sources,
            CandidateSource(self._popular.name, self._popular.scores, side, among=not_penalised),
        ]

    def _not_penalised(self, query: Query) -> BoolArray | None:
        """(n_items,) what no refusal sinks; None = everything."""
        penalised = self._steered.penalised(query)
        return None if penalised is None else ~penalised

    def _open_items(self, request: Request) -> BoolArray:
        """(n_items,) what this list may hold."""
        if request.allowed is not None and len(request.allowed) != self.n_items:
            raise DataError(f"allowed: {len(request.allowed)} entries for {self.n_items} items")
        open_items = (
            np.ones(self.n_items, dtype=bool) if request.allowed is None else request.allowed.copy()
        )
        open_items[request.query.history] = False
        open_items[request.exclude] = False
        return open_items & ~self.head if request.only_tail else open_items

    def _likeness(self, items: IntArray) -> NDArray[np.float32]:
        """(n, n) how alike the items are: by their texts, else by shared categories, else nothing is like anything."""
        for part in self._parts.values():
            if (known := part.likeness(items)) is not None:
                return known
        if self.categories is not None:
            return category_likeness(self.categories, items)
        return np.zeros((len(items), len(items)), dtype=np.float32)

    @cached_property
    def _around(self) -> Surroundings:
        seldom = None if self.providers is None else seldom_met(self.providers, self.counts)
        categories = None if self.categories is None else Categories.of(self.categories)
        return Surroundings(self.head, seldom, categories, self._likeness)

    @cached_property
    def _popularity(self) -> NDArray[np.float64]:
        return popularity_of(self.counts, self.head)

    @cached_property
    def _difference(self) -> Difference:
        return Difference(self.counts, self.categories)

    @cached_property
    def _popular(self) -> Popular:
        return Popular.of(self.recent, self.counts)

    @cached_property
    def _text(self) -> Scorer | None:
        return next((self._parts[name] for name in TEXT_PARTS if name in self._parts), None)

    @cached_property
    def _preference_boost(self) -> StatedPreferenceBoost:
        return StatedPreferenceBoost(self.scorer, self.interest)

    @cached_property
    def likeness(self) -> Likeness | None:
        """How near items are by text; None where no part reads texts."""
        return Likeness.of(self._parts, self.interest)

    @cached_property
    def _steered(self) -> NegativeFeedbackPenalty:
        return NegativeFeedbackPenalty(self._preference_boost, self.likeness)

    @cached_property
    def _parts(self) -> dict[str, Scorer]:
        return {part.name: part for part in parts_of(self.scorer)}


def parts_of(scorer: Scorer) -> Sequence[Scorer]:
    """A hybrid's parts, or the scorer itself."""
    return getattr(scorer, "parts", (scorer,))


def part_of(scorer: Scorer, kind: type[Kind]) -> Kind | None:
    """The part of a kind among a scorer's parts."""
    return next((part for part in parts_of(scorer) if isinstance(part, kind)), None)
