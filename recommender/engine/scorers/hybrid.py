"""The additive ranker: a sum of functions of the component scores, with a popularity penalty."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np

from recommender.engine.data.contributions import ContributionTable, TableEntries
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.scorers.base import Scorer

PENALTY = "popularity_penalty"
VARIANT = "@"
"""Parts the name from the variant in a component's key."""

LEAST_DEVIATION = 1e-12
"""Scores that differ less are constant."""

REMEMBERED_BYTES = 32 * 2**20
"""Most bytes of term scores that are remembered of the latest queries."""

LAST_RESORT = "popularity"
"""The component of a blend of which every other one failed."""


@dataclass(frozen=True)
class Term:
    """One summand of a learned score: ``weight`` * z + ``root`` * sqrt(z), z = score / deviation.

    Attributes:
        component: key of the component; see ``Blend.components``.
        decay: weight of a past item relative to the next newer one; 0 = the newest item alone.
    """

    component: str
    decay: float = 1.0
    weight: float = 0.0
    root: float = 0.0


@dataclass(frozen=True)
class Blend:
    """What tuning decides, as JSON values.

    A component's *key* is its name, or its name and a variant: ``recent_popularity@0.03``.

    Attributes:
        weights: weight by component key, above 0; with ``terms`` each component's share of the
            scores.
        decays: weight of a past item relative to the next newer one, by component; default 1.
        popularity_penalty: subtracted from a score per unit of log1p(people who took the item);
            may be below 0.
        min_tail_share: for the re-ranking stage, as in ``Request``; does not change scores.
        calibration: for the re-ranking stage, as in ``Request``; does not change scores.
        params: parameters that differ from the component's defaults, by key.
        terms: what a score consists of; empty = one term a component, of its weight.
        tail_bonus: for the re-ranking stage: added to the score of a tail item; None = nothing was
            tuned.
    """

    weights: Mapping[str, float]
    decays: Mapping[str, float] = field(default_factory=dict)
    popularity_penalty: float = 0.0
    min_tail_share: float = 0.0
    calibration: float = 0.0
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    tail_bonus: float | None = None

    @property
    def reranking(self) -> dict[str, Any]:
        """Fields of every ``Request`` for a list of this blend."""
        return {"min_tail_share": self.min_tail_share, "calibration": self.calibration}

    @property
    def components(self) -> tuple[str, ...]:
        """The keys of the components that scores consist of."""
        if not self.terms:
            return tuple(self.weights)
        return tuple(dict.fromkeys(term.component for term in self.terms))

    def summands(self) -> tuple[Term, ...]:
        """The terms of a score."""
        return self.terms or tuple(
            Term(name, self.decay(name), weight) for name, weight in self.weights.items()
        )

    def decay(self, component: str) -> float:
        return self.decays.get(component, 1.0)

    def without(self, names: Collection[str]) -> Self:
        """The blend without these components; popularity alone if none is left."""

        def stays(key: str) -> bool:
            return name_of(key) not in names and key not in names

        if all(map(stays, (*self.weights, *self.components))):
            return self
        weights = {key: weight for key, weight in self.weights.items() if stays(key)}
        terms = tuple(term for term in self.terms if stays(term.component))
        return replace(
            self,
            weights=weights if weights and bool(terms) == bool(self.terms) else {LAST_RESORT: 1.0},
            decays={key: decay for key, decay in self.decays.items() if stays(key)},
            params={key: params for key, params in self.params.items() if stays(key)},
            terms=terms,
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        terms = tuple(Term(**term) for term in data.get("terms", ()))
        return cls(**{**data, "terms": terms})


def name_of(key: str) -> str:
    """The component's name in its key."""
    return key.partition(VARIANT)[0]


@dataclass(frozen=True)
class TermRows:
    """The scores of the catalogue by each term for one query, and one over their deviations."""

    scores: list[FloatArray]
    scales: list[float]


@dataclass(frozen=True)
class TermSum:
    """What some terms give the catalogue for one query.

    ``amounts``: (n_items,) their sum. ``known``: (n_items,) what one of them scores above 0.
    """

    amounts: FloatArray
    known: BoolArray
    rows: TermRows

    @classmethod
    def of(cls, terms: Sequence[Term], scores: Sequence[FloatArray]) -> Self:
        """``scores``: (n_items,) of each term."""
        scales = list(map(inverse_deviation, scores))
        amounts, known = np.zeros_like(scores[0]), np.zeros(len(scores[0]), dtype=bool)
        for term, own, scale in zip(terms, scores, scales, strict=True):
            known |= own > 0
            amounts += amounts_of(term, own, np.float32(scale))
        return cls(amounts, known, TermRows(list(scores), scales))


class Hybrid(Scorer):
    """score(i) = sum over the terms of (weight * z(i) + root * sqrt(z(i))) - penalty * log1p(people
    of i), where z(i) is the component's score over its standard deviation.

    The standard deviation is taken over the catalogue for each user. Scores are divided, not
    centred: centring moves all items equally, and without it the contributions of an explanation
    sum to the score. A component without a score for an item adds nothing, and a score below 0 has
    no root. An item that no component scores above 0 gets NaN: a penalty alone must not rank it.

    The root of a component is explained by what its score consists of, in proportion.
    """

    name: ClassVar[str] = "hybrid"
    params: Blend
    people: IntArray | None = None
    _latest: tuple[tuple[ref[Query], TermRows], ...] = ()

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
        vars(self).pop("_same_for_all", None)
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        people = self._fitted("people")
        total = np.zeros((len(queries), len(people)), dtype=np.float32)
        known = np.zeros(total.shape, dtype=bool)
        remembered = [TermRows([], []) for _ in queries if len(queries) <= self.block_size()]
        for component, terms in self._terms():
            for term in terms:
                scores = component.score_batch([faded(query, term.decay) for query in queries])
                known |= scores > 0
                scales = inverse_scale(scores)
                total += amounts_of(term, scores, scales[:, None])
                for rows, own, scale in zip(remembered, scores, scales.tolist(), strict=False):
                    rows.scores.append(own)
                    rows.scales.append(scale)
        if remembered:
            self._latest = tuple(zip(map(ref, queries), remembered, strict=True))
        total -= self.blend.popularity_penalty * np.log1p(people, dtype=np.float32)
        total[~known] = np.nan
        return total

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        total = self._sum(query, lambda component: True)
        total -= self.blend.popularity_penalty * np.log1p(self._fitted("people"), dtype=np.float32)
        return total if items is None else total[items]

    def similar(self, item: int) -> FloatArray:
        """Similarity without popularity components, whose scores are equal for every item."""
        looking = not all(component.same_for_all for component in self.components)
        return self._sum(
            Query.of([item]), lambda component: not (looking and component.same_for_all)
        )

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """The result of ``explain`` for each item; the terms of a component are added up."""
        return self.explain_table(query, items).lists()

    def explain_table(self, query: Query, items: Sequence[int]) -> ContributionTable:
        """The table of ``explain_many``. The catalogue is scored once, for the scales."""
        people, asked = self._fitted("people"), np.asarray(items, dtype=np.int64)
        rows, first, entries = self._rows_for(query), 0, TableEntries()
        for component, terms in self._terms():
            own = [
                TermScores(term, scores[asked], scale)
                for term, scores, scale in zip(
                    terms, rows.scores[first:], rows.scales[first:], strict=False
                )
            ]
            first += len(terms)
            _add_component(entries, component, own, query, items)
        scored = np.zeros(len(items), dtype=bool)
        for scores in rows.scores:
            scored |= scores[asked] > 0
        if self.blend.popularity_penalty:
            penalty = -self.blend.popularity_penalty * np.log1p(people[asked].astype(np.float64))
            entries.add(PENALTY, np.arange(len(items)), penalty)
        table = entries.table(items)
        return table if scored.all() else table.only(scored)

    def get_state(self) -> dict[str, np.ndarray]:
        state = {"people": self._fitted("people")}
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
        hybrid.people = state["people"]
        return hybrid

    def _terms(self) -> Iterator[tuple[Scorer, list[Term]]]:
        """Every component with its terms."""
        terms = self.blend.summands()
        for key, component in zip(self.blend.components, self.components, strict=True):
            yield component, [term for term in terms if term.component == key]

    def _sum(self, query: Query, uses: Callable[[Scorer], bool]) -> FloatArray:
        """(n_items,) sum of the terms of the used components; NaN if none scores the item above
        0.
        """
        total = np.zeros(len(self._fitted("people")), dtype=np.float32)
        known = np.zeros(len(total), dtype=bool)
        rows, fadings = TermRows([], []), dict[float, Query]()
        for at, (component, terms) in enumerate(self._terms()):
            if not uses(component):
                continue
            own = self._same_for_all.get(at)
            if own is None:
                for term in terms:
                    if term.decay not in fadings:
                        fadings[term.decay] = faded(query, term.decay)
                queries = [fadings[term.decay] for term in terms]
                own = TermSum.of(terms, component.score_reweighted(queries))
            known |= own.known
            total += own.amounts
            rows.scores.extend(own.rows.scores)
            rows.scales.extend(own.rows.scales)
        total[~known] = np.nan
        if len(rows.scales) == len(self.blend.summands()):
            self._latest = ((ref(query), rows),)
        return total

    @cached_property
    def _same_for_all(self) -> Mapping[int, TermSum]:
        """By position among the components: the sum that every query gets."""
        nobody = Query.of([])
        return {
            at: TermSum.of(terms, [component.score(nobody)] * len(terms))
            for at, (component, terms) in enumerate(self._terms())
            if component.same_for_all
        }

    def block_size(self) -> int:
        """The most queries of one ``score_batch`` whose term scores are remembered."""
        n_terms = max(1, len(self.blend.summands()))
        return int(REMEMBERED_BYTES // (4 * n_terms * max(1, len(self._fitted("people")))))

    def term_scores(self, query: Query, items: IntArray) -> FloatArray:
        """(len(items), terms) z of every term, in the order of the components' terms; 0 without a
        score. The latest scored queries are not scored again.
        """
        rows = self._rows_for(query)
        scales = np.array(rows.scales, dtype=np.float32)
        found = np.zeros((len(items), len(scales)), dtype=np.float32)
        for at, scores in enumerate(rows.scores):
            found[:, at] = scores[items]
        found[np.isnan(found)] = 0
        found *= scales
        return found

    def ordered_terms(self) -> tuple[Term, ...]:
        """The terms in the order of the components, as ``term_scores`` has them."""
        return tuple(term for _component, terms in self._terms() for term in terms)

    def term_names(self) -> tuple[str, ...]:
        """The name of the component of each of them."""
        return tuple(name_of(term.component) for term in self.ordered_terms())

    def _rows_for(self, query: Query) -> TermRows:
        """The scores of each term; those of the latest scored queries are reused."""
        for of, rows in self._latest:
            if of() is query:
                return rows
        self._sum(query, lambda component: True)
        return self._latest[0][1]


@dataclass(frozen=True)
class TermScores:
    """A term, its scores of some items and one over their deviation in the catalogue."""

    term: Term
    scores: FloatArray
    scale: float

    def amounts(self) -> FloatArray:
        """What the term adds to the score of each item."""
        return amounts_of(self.term, self.scores, np.float32(self.scale))


def _add_component(
    entries: TableEntries,
    component: Scorer,
    terms: Sequence[TermScores],
    query: Query,
    items: Sequence[int],
) -> None:
    """Add what the terms of one component contribute to each item."""
    if component.same_for_all:
        amounts = sum(each.amounts() for each in terms)
        entries.add(component.name, np.arange(len(items)), np.asarray(amounts, dtype=np.float64))
        return
    pairs = component.pair_weights(query.history, items)
    if pairs is not None:
        # the terms differ in the weights of the past items alone
        pairs = pairs.astype(np.float64)
        weights = np.zeros_like(pairs)
        for each in terms:
            faded_weights = faded(query, each.term.decay).weights
            factors = [
                factor_of(each.term, total, each.scale)
                for total in (faded_weights @ pairs).tolist()
            ]
            weights += np.outer(faded_weights, factors)
        amounts = pairs * weights
        past, at = np.nonzero(amounts)
        entries.add(component.name, at, amounts[past, at], query.history[past])
        return
    sums: list[dict[tuple[int | None, str | None], float]] = [{} for _ in items]
    for each in terms:
        explained = component.explain_many(faded(query, each.term.decay), items)
        for own, parts in zip(sums, explained, strict=True):
            factor = factor_of(each.term, sum(part.amount for part in parts), each.scale)
            for part in parts:
                key = (part.item, part.word)
                own[key] = own.get(key, 0.0) + part.amount * factor
    entries.add_lists(
        [
            [
                Contribution(component.name, amount, past, word)
                for (past, word), amount in own.items()
            ]
            for own in sums
        ]
    )


def amounts_of(term: Term, scores: FloatArray, scale: FloatArray | np.float32) -> FloatArray:
    """What the term adds to a score; ``scale`` is one over the deviation of the scores."""
    z = scores * scale
    np.copyto(z, 0, where=np.isnan(z))
    amounts = np.float32(term.weight) * z
    if term.root:
        np.maximum(z, 0, out=z)
        np.sqrt(z, out=z)
        z *= np.float32(term.root)
        amounts += z
    return np.asarray(amounts, dtype=np.float32)


def factor_of(term: Term, score: float, scale: float) -> float:
    """What the term makes of one unit of a component's score, where that score is ``score``."""
    z = score * scale
    return term.weight * scale + (term.root * scale / math.sqrt(z) if z > 0 else 0.0)


def faded(query: Query, decay: float) -> Query:
    """The query with weights log2(1 + weight), times ``decay`` for every newer past item."""
    age = np.arange(len(query) - 1, -1, -1, dtype=np.float32)
    weights = np.log2(1 + query.weights) * np.float32(decay) ** age
    return replace(query, weights=weights.astype(np.float32))


def inverse_deviation(scores: FloatArray) -> float:
    """``inverse_scale`` of one row."""
    deviation = float(_deviation(scores[None])[0])
    return 1 / deviation if deviation > LEAST_DEVIATION else 0.0


def inverse_scale(scores: FloatArray) -> FloatArray:
    """(rows,) one over the standard deviation of each row; 0 for a constant or empty row."""
    deviation = np.nan_to_num(_deviation(scores))
    return np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > LEAST_DEVIATION)


def _deviation(scores: FloatArray) -> FloatArray:
    unknown = np.isnan(scores)
    filled, count = scores, np.full(len(scores), float(scores.shape[1]))
    if unknown.any():
        filled, count = np.where(unknown, 0, scores), count - unknown.sum(axis=1)
    count = np.maximum(count, 1)
    mean = filled.sum(axis=1, dtype=np.float64) / count
    square = np.einsum("ij,ij->i", filled, filled) / count
    deviation: FloatArray = np.sqrt(np.maximum(square - mean**2, 0)).astype(np.float32)
    return deviation


def component_params(scorer: type[Scorer], blend: Blend, key: str) -> Any:
    """The component's default parameters, with the blend's changes."""
    return type(scorer().params)(**blend.params.get(key, {}))
