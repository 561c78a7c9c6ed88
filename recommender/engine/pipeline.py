"""From a query to a finished list: scores, candidate sources, ranking, re-ranking, fallback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.head_tail import head_of
from recommender.engine.data.providers import provider_codes
from recommender.engine.data.reaches import Reaches
from recommender.engine.data.request import Request
from recommender.engine.data.types import (
    BoolArray,
    FloatArray,
    IntArray,
    NegativeFeedback,
    Query,
    Recommendation,
)
from recommender.engine.ranking.second_stage import SecondStage, TreeRanker
from recommender.engine.reranking.fallback import EMPTY_QUERY
from recommender.engine.reranking.negative_feedback import (
    Likeness,
    NegativeFeedbackPenalty,
    Texts,
    TextSimilarity,
    unit_length,
)
from recommender.engine.reranking.stated_preferences import (
    STATED_PREFERENCES,
    StatedPreferenceBoost,
    reach_of,
)
from recommender.engine.retrieval.candidates import CandidateSource, Sources
from recommender.engine.retrieval.retrieval import Retrieval
from recommender.engine.scored_query import ScoredQuery
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.content import Semantic, Words
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.popularity import RecentPopularity
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.stages import DEPTH, HISTORY, TEXT_COMPONENTS, Stages

__all__ = ["Recommender", "Request"]

SIDE_DEPTH = 100
"""Candidates by text alone and by popularity alone."""

Kind = TypeVar("Kind", bound=Scorer)

TEXT = "text"
"""The source of items that are near in their text alone."""


@dataclass(frozen=True)
class Recommender:
    """A fitted scorer with what the stages need to know of the catalogue.

    Args:
        scorer: the fitted hybrid, or any fitted scorer.
        counts: (n_items,) people per item in training.
        head: (n_items,) mask of the head items.
        recent: (n_items,) what is liked lately, for those of whom nothing is known; None =
            ``counts`` instead.
        categories: (n_items, n_categories) 0/1: for calibration, and for diversity where the scorer
            knows no likeness.
        providers: (n_items,) one number a provider, -1 for none; None = nobody is named.
        interest: what puts people's interests into words; a part of the scorer or not; None =
            nothing does.
        rating: what predicts stars; likewise.
        newer: (n_items,) items that came after the training; None = there are none.
        trees: re-rank the best that a hybrid finds for a history; None = nothing does.
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
    newer: BoolArray | None = None
    trees: TreeRanker | None = None
    clock: Callable[[], float] = time.perf_counter

    @classmethod
    def of(
        cls,
        scorer: Scorer,
        train: Dataset,
        interest: Interest | None = None,
        rating: Rating | None = None,
        trees: TreeRanker | None = None,
    ) -> Recommender:
        """A recommender for the data set that the scorer was fitted on."""
        recent = RecentPopularity().fit(train, np.random.default_rng(0)).score(EMPTY_QUERY)
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
            interest=interest or component_of(scorer, Interest),
            rating=rating or component_of(scorer, Rating),
            trees=trees,
        )

    @property
    def n_items(self) -> int:
        return len(self.counts)

    def recommend(self, request: Request) -> Recommendation:
        """The best list for one query; shorter than requested only when nothing else is allowed."""
        return self.score_query(request).recommend(request)

    def recommend_many(self, requests: Sequence[Request]) -> Iterator[Recommendation]:
        """The lists of ``recommend``, in order."""
        return map(self.recommend, requests)

    def score_query(self, request: Request) -> ScoredQuery:
        """The candidates of one query, scored: lists and explanations are made from the result.

        ``request``: of the lists wanted the one with the most items.
        """

        def build(allowed: BoolArray | None, reaches: Reaches | None) -> Sources:
            items = self._retrieval.items(request.query, allowed, preferred)
            return Sources(items, *self._sources(request, items, preferred, reaches))

        preferred = self._boost.preferred(request.query)
        return ScoredQuery(request, self._stages, build, self._retrieval.whole)

    def score_queries(self, requests: Iterable[Request]) -> Iterator[ScoredQuery]:
        """The results of ``score_query``, in order."""
        return map(self.score_query, requests)

    def score_neighbours(
        self, item: int, n: int, negative_feedback: Sequence[NegativeFeedback] = ()
    ) -> ScoredQuery:
        """The candidates scored by similarity to one item, which is in no list made from it.

        ``n``: the most items wanted. Items that ``negative_feedback`` penalises come last.
        """
        query = replace(Query.of([item]), negative_feedback=tuple(negative_feedback))

        def build(allowed: BoolArray | None, reaches: Reaches | None) -> Sources:
            items = self._retrieval.items(query, allowed)
            scores = self.scorer.similar(item, items)
            reaches = reaches or Reaches(penalty=reach_of(scores))
            scores = self._penalty.penalise(scores, query, items, reaches.penalty)
            source = CandidateSource("similar", scores, max(n, DEPTH))
            return Sources(items, (source,), reaches)

        return ScoredQuery(Request(query, n), self._stages, build, self._retrieval.whole)

    def penalised(self, query: Query) -> BoolArray:
        """(n_items,) the items that the negative feedback of a query penalises."""
        found = self._penalty.penalised(query)
        return np.zeros(self.n_items, dtype=bool) if found is None else found

    @cached_property
    def likeness(self) -> Likeness | None:
        """Similarity of items by text; None where no component reads texts."""
        return likeness_of(self._components, self.interest)

    def _sources(
        self,
        request: Request,
        items: IntArray,
        preferred: FloatArray | None,
        reaches: Reaches | None,
    ) -> tuple[tuple[CandidateSource, ...], Reaches]:
        """The sources over the candidates of one query; the scores of the first one rank.

        Without a history and stated preferences no source has a score.
        """
        query, deep, side = request.query, max(request.n, DEPTH), max(request.n, SIDE_DEPTH)
        if not len(query) and preferred is None:
            nothing = np.full(len(items), np.nan, dtype=np.float32)
            return (CandidateSource(HISTORY, nothing, 0),), Reaches()
        scores, reaches = self._penalty.score(query, items, reaches)
        tail = CandidateSource("tail", scores, deep, among=~self.head[items])
        if not len(query):
            return (CandidateSource(STATED_PREFERENCES, scores, deep), tail), reaches
        penalised = self._penalty.penalised(query, items)
        among = None if penalised is None else ~penalised
        sources = [CandidateSource(HISTORY, scores, deep), tail]
        if preferred is not None:
            sources.append(CandidateSource(STATED_PREFERENCES, preferred[items], side, among))
        text = self._text_scores(query, items)
        if text is not None:
            sources.append(CandidateSource(TEXT, text, side, among))
        seldom = self._stages.seldom_met
        if request.min_provider_share and seldom is not None:
            sources.append(CandidateSource("providers", scores, side, seldom[items]))
        popular = self._stages.popular
        sources.append(CandidateSource(popular.name, popular.scores[items], side, among))
        return tuple(sources), reaches

    def _text_scores(self, query: Query, items: IntArray) -> FloatArray | None:
        """(len(items),) of the component that reads texts; None if none does."""
        if self._text is None:
            return None
        known = None
        if isinstance(self.scorer, Hybrid):
            known = self.scorer.component_scores(query, items, self._text.name)
        return self._text.score(query, items) if known is None else known

    @cached_property
    def _retrieval(self) -> Retrieval:
        stages = self._stages
        return Retrieval(
            self.scorer,
            self.head,
            stages.popular.scores,
            self.categories,
            self.newer,
            stages.seldom_met,
        )

    @cached_property
    def _stages(self) -> Stages:
        return Stages(
            self.counts,
            self.head,
            self.recent,
            self.categories,
            self.providers,
            self._components,
            self._penalty,
            self.clock,
            self.newer,
            self.scorer.blend.tail_bonus if isinstance(self.scorer, Hybrid) else None,
            self._second,
        )

    @cached_property
    def _second(self) -> SecondStage | None:
        if self.trees is None or not isinstance(self.scorer, Hybrid):
            return None
        categories = None if self.categories is None else Categories.of(self.categories)
        return SecondStage(self.trees, self.scorer, categories)

    @cached_property
    def _text(self) -> Scorer | None:
        found = (self._components.get(name) for name in TEXT_COMPONENTS)
        return next((component for component in found if component is not None), None)

    @cached_property
    def _boost(self) -> StatedPreferenceBoost:
        return StatedPreferenceBoost(self.scorer, self.interest)

    @cached_property
    def _penalty(self) -> NegativeFeedbackPenalty:
        return NegativeFeedbackPenalty(self._boost, self.likeness)

    @cached_property
    def _components(self) -> dict[str, Scorer]:
        return {component.name: component for component in components_of(self.scorer)}


def likeness_of(components: Mapping[str, Scorer], interest: Interest | None) -> Likeness | None:
    """From the text vectors of the components and the interest model; None if there are none."""
    semantic = [
        component
        for name in ("semantic", "sentences")
        if isinstance(component := components.get(name), Semantic)
    ]
    texts: list[Texts] = [each.vectors for each in semantic[:1] if each.vectors is not None]
    words = components.get("words")
    if isinstance(words, Words) and words.matrix is not None:
        texts.append(words.matrix)
    elif interest is not None:
        texts.append(unit_length(interest.weights))
    return Likeness(tuple(map(TextSimilarity, texts))) if texts else None


def components_of(scorer: Scorer) -> Sequence[Scorer]:
    """The components of a hybrid, or the scorer itself."""
    return getattr(scorer, "components", (scorer,))


def component_of(scorer: Scorer, kind: type[Kind]) -> Kind | None:
    """The component of a kind; None where the scorer has none."""
    return next((each for each in components_of(scorer) if isinstance(each, kind)), None)
