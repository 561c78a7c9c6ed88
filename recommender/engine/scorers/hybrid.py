"""The additive ranker: a sum of functions of the component scores, with a popularity penalty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np

from recommender.engine.data.contributions import ContributionTable, TableEntries
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.size import is_large
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Blend, Term, name_of
from recommender.engine.scorers.scales import (
    bucket_of,
    deviation_of,
    deviations_of,
    inverse_deviation,
    inverse_scales,
)
from recommender.engine.scorers.terms import (
    NAMING_DECAY,
    TermRows,
    TermScores,
    TermSum,
    add_component,
    faded,
)

PENALTY = "popularity_penalty"

SCALE_PEOPLE, SCALE_BLOCK = 200, 50
"""People whose scores give the scales, and how many are scored at once."""

REMEMBERED = 4
"""Sets of items whose term scores are remembered of the latest query: one for each filter."""


class Hybrid(Scorer):
    """score(i) = sum over the terms of (weight * z(i) + root * sqrt(z(i))) - penalty * log1p(people
    of i), where z(i) is the component's score over its typical standard deviation.

    The standard deviation over the catalogue is not computed for a query. It is a constant of each
    term and length of history, fitted on people of the training, times how widely the past items
    spread scores (``Scorer.spread``). Scores are divided, not centred: centring moves all items
    equally, and without it the contributions of an explanation sum to the score. A component
    without a score for an item adds nothing, and a score below 0 has no root. An item that no
    component scores above 0 gets NaN: a penalty alone must not rank it.

    The root of a component is explained by what its score consists of, in proportion.
    """

    name: ClassVar[str] = "hybrid"
    params: Blend
    people: IntArray | None = None
    scales: FloatArray | None = None
    """(terms, BUCKETS) one over the typical deviation of each term's scores; None in a version
    that was trained before they were constants: then each query has its own."""
    _latest: tuple[ref[Query], tuple[TermRows, ...]] | None = None

    def __init__(self, components: Sequence[Scorer], blend: Blend) -> None:
        """``components``: in the order of ``blend.components``."""
        self.components = tuple(components)
        self.params = blend

    @property
    def blend(self) -> Blend:
        return self.params

    def fit(
        self, train: Dataset, rng: np.random.Generator, fitted: Collection[Scorer] = ()
    ) -> Self:
        """``fitted``: components that are already fitted on the same data with the same seed."""
        seed = int(rng.integers(2**31))
        for component in self.components:
            if component not in fitted:
                component.fit(train, np.random.default_rng(seed))
        self.people = train.counts
        self.scales = self._scales_of(train, rng)
        return self

    def _scales_of(self, train: Dataset, rng: np.random.Generator) -> FloatArray:
        """(terms, BUCKETS) by the scores of a sample of people."""
        users = np.flatnonzero(np.diff(train.matrix.indptr))
        if len(users) > SCALE_PEOPLE:
            users = np.sort(rng.choice(users, SCALE_PEOPLE, replace=False))
        queries = [train.query(int(user)) for user in users] or [Query.of([])]
        lengths, found = list(map(len, queries)), []
        for component, terms in self._terms():
            for term in terms:
                if component.same_for_all:
                    one = deviations_of(component.score(queries[0])[None])
                    deviations, spreads = np.repeat(one, len(queries)), np.ones(len(queries))
                else:
                    asked = [faded(query, term.decay) for query in queries]
                    spreads = np.array(list(map(component.spread, asked)))
                    deviations = _deviations(component, asked, train.n_items)
                found.append(inverse_scales(deviations / spreads, lengths))
        return np.stack(found)

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        n = len(self._fitted("people"))
        made = [self.score(query) for query in queries]
        return np.stack(made) if made else np.zeros((0, n), dtype=np.float32)

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        if items is not None and not (items[1:] > items[:-1]).all():
            distinct, back = np.unique(items, return_inverse=True)
            return np.asarray(self.score(query, distinct)[back])
        total = self._sum(query, lambda component: True, items)
        lowered = self._lowered if items is None else self._lowered[items]
        return np.asarray(total - lowered)

    @cached_property
    def _lowered(self) -> FloatArray:
        """(n_items,) what each item loses for its popularity."""
        penalty = np.float32(self.blend.popularity_penalty)
        return np.asarray(penalty * np.log1p(self._fitted("people"), dtype=np.float32))

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        found = [
            component.named(query if component.same_for_all else faded(query, NAMING_DECAY), wanted)
            for component in self.components
        ]
        return np.concatenate(found)

    def similar(self, item: int, items: IntArray | None = None) -> FloatArray:
        """Similarity without popularity components, whose scores are equal for every item."""
        looking = not all(component.same_for_all for component in self.components)
        return self._sum(
            Query.of([item]), lambda component: not (looking and component.same_for_all), items
        )

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """The result of ``explain`` for each item; the terms of a component are added up."""
        return self.explain_table(query, items).lists()

    def explain_table(self, query: Query, items: Sequence[int]) -> ContributionTable:
        """The table of ``explain_many``."""
        people, asked = self._fitted("people"), np.asarray(items, dtype=np.int32)
        rows, first, entries = self._rows_at(query, asked), 0, TableEntries()
        scored = np.zeros(len(items), dtype=bool)
        for component, terms in self._terms():
            own = [
                TermScores(term, scores, scale)
                for term, scores, scale in zip(
                    terms, rows.scores[first:], rows.scales[first:].tolist(), strict=False
                )
            ]
            first += len(terms)
            for each in own:
                scored |= each.scores > 0
            add_component(entries, component, own, query, items)
        if self.blend.popularity_penalty:
            penalty = -self.blend.popularity_penalty * np.log1p(people[asked].astype(np.float64))
            entries.add(PENALTY, np.arange(len(items)), penalty)
        table = entries.table(items)
        return table if scored.all() else table.only(scored)

    @property
    def _scale_state(self) -> dict[str, np.ndarray]:
        return {} if self.scales is None else {"scales": self.scales}

    def get_state(self) -> dict[str, np.ndarray]:
        state = {"people": self._fitted("people"), **self._scale_state}
        for key, component in zip(self.blend.components, self.components, strict=True):
            state |= {f"{key}.{name}": value for name, value in component.get_state().items()}
        return state

    @classmethod
    def from_state(
        cls,
        params: Blend,
        state: dict[str, np.ndarray],
        scorers: Mapping[str, type[Scorer]] = MappingProxyType({}),
    ) -> Self:
        """``scorers``: the component classes by name.

        Raises:
            KeyError: if ``scorers`` lacks a component or the state lacks an array.
        """
        components = []
        for key in params.components:
            own = {
                name.removeprefix(f"{key}."): value
                for name, value in state.items()
                if name.startswith(f"{key}.")
            }
            scorer = scorers[name_of(key)]
            components.append(scorer.from_state(component_params(scorer, params, key), own))
        hybrid = cls(components, params)
        hybrid.people, hybrid.scales = state["people"], state.get("scales")
        return hybrid

    def _terms(self) -> Iterator[tuple[Scorer, list[Term]]]:
        """Every component with its terms."""
        terms = self.blend.summands()
        for key, component in zip(self.blend.components, self.components, strict=True):
            yield component, [term for term in terms if term.component == key]

    def _sum(
        self, query: Query, uses: Callable[[Scorer], bool], items: IntArray | None
    ) -> FloatArray:
        """(n_items,) or (len(items),) sum of the terms of the used components; NaN if none scores
        the item above 0.
        """
        n = len(self._fitted("people")) if items is None else len(items)
        total, known = np.zeros(n, dtype=np.float32), np.zeros(n, dtype=bool)
        scales, found, at_term = self._scales(query), list[FloatArray](), 0
        fadings: dict[float, Query] = {}
        for at, (component, terms) in enumerate(self._terms()):
            of_terms = scales[at_term : at_term + len(terms)]
            at_term += len(terms)
            if not uses(component):
                continue
            same = self._same_for_all.get(at)
            if same is not None:
                own = same.at(items)
            else:
                for term in terms:
                    if term.decay not in fadings:
                        fadings[term.decay] = faded(query, term.decay)
                queries = [fadings[term.decay] for term in terms]
                own = TermSum.of(terms, component.score_reweighted(queries, items), of_terms)
            known |= own.known
            total += own.amounts
            found.extend(own.scores)
        total[~known] = np.nan
        if len(found) == len(scales):
            self._remember(query, TermRows(items, found, scales))
        return total

    def _remember(self, query: Query, rows: TermRows) -> None:
        latest, others = self._latest, tuple[TermRows, ...]()
        if latest is not None and latest[0]() is query:
            others = latest[1][-REMEMBERED + 1 :]
        self._latest = ref(query), (*others, rows)

    def _scales(self, query: Query) -> FloatArray:
        """(terms,)"""
        if self.scales is not None:
            constants = self.scales[:, bucket_of(len(query))]
            return np.asarray(constants / self._spreads(query), dtype=np.float32)
        # a version that was trained before scales were constants
        found = [
            inverse_deviation(component.score(faded(query, term.decay)))
            for component, terms in self._terms()
            for term in terms
        ]
        return np.array(found, dtype=np.float32)

    def _spreads(self, query: Query) -> FloatArray:
        """(terms,)"""
        found, fadings = [], dict[float, Query]()
        for component, terms in self._terms():
            for term in terms:
                if component.sizes is not None and term.decay not in fadings:
                    fadings[term.decay] = faded(query, term.decay)
                found.append(component.spread(fadings.get(term.decay, query)))
        return np.array(found, dtype=np.float32)

    @cached_property
    def _same_for_all(self) -> Mapping[int, TermSum]:
        """By position among the components: the sum that every query gets."""
        nobody, found, first = Query.of([]), dict[int, TermSum](), 0
        of_nobody = self._scales(nobody)
        for at, (component, terms) in enumerate(self._terms()):
            if component.same_for_all:
                scales = of_nobody[first : first + len(terms)]
                found[at] = TermSum.of(terms, [component.score(nobody)] * len(terms), scales)
            first += len(terms)
        return found

    def term_scores(self, query: Query, items: IntArray) -> FloatArray:
        """(len(items), terms) z of every term, in the order of the components' terms; 0 without a
        score. What was scored for the latest query is not scored again.
        """
        rows = self._rows_at(query, items)
        found = np.stack(rows.scores, axis=1)
        found[np.isnan(found)] = 0
        return np.asarray(found * rows.scales, dtype=np.float32)

    def component_scores(self, query: Query, items: IntArray, name: str) -> FloatArray | None:
        """(len(items),) what the first term of a component scores; None if no term is of it.

        What was scored for the latest query is not scored again.
        """
        for at, of in enumerate(self.term_names()):
            if of == name:
                return self._rows_at(query, items).scores[at]
        return None

    def ordered_terms(self) -> tuple[Term, ...]:
        """The terms in the order of the components, as ``term_scores`` has them."""
        return tuple(term for _component, terms in self._terms() for term in terms)

    def term_names(self) -> tuple[str, ...]:
        """The name of the component of each of them."""
        return tuple(name_of(term.component) for term in self.ordered_terms())

    def _rows_at(self, query: Query, items: IntArray) -> TermRows:
        """The scores of these items by each term; those of the latest query are reused."""
        latest = self._latest
        if latest is not None and latest[0]() is query:
            for rows in reversed(latest[1]):
                if (found := rows.at(items)) is not None:
                    return found
        self._sum(query, lambda component: True, np.unique(items).astype(np.int32))
        assert self._latest is not None
        made = self._latest[1][-1].at(items)
        assert made is not None
        return made


def _deviations(component: Scorer, queries: Sequence[Query], n_items: int) -> FloatArray:
    """(queries,) standard deviations of their scores over the catalogue."""
    if is_large(n_items):
        return np.array([deviation_of(component, query, n_items) for query in queries])
    found = [
        deviations_of(component.score_batch(queries[block]))
        for block in blocks(len(queries), SCALE_BLOCK)
    ]
    return np.concatenate(found)


def component_params(scorer: type[Scorer], blend: Blend, key: str) -> Any:
    """The component's default parameters, with the blend's changes."""
    return type(scorer().params)(**blend.params.get(key, {}))
