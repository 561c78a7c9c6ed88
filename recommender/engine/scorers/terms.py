"""The terms of a learned score: amounts, and what each contributes to an item."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recommender.engine.data.contributions import TableEntries
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Term

NAMING_DECAY = 0.8
"""The decay of the histories that candidates are named for; the terms have their own."""


@dataclass(frozen=True)
class TermRows:
    """The scores of some items by each term for one query.

    ``items``: (k,) ascending, None = the whole catalogue. ``scores``: (k,) of each term.
    ``scales``: what each is multiplied by.
    """

    items: IntArray | None
    scores: list[FloatArray]
    scales: FloatArray

    def at(self, items: IntArray) -> TermRows | None:
        """The rows of these items; None if one of them is not here."""
        place = items
        if self.items is not None:
            place = np.searchsorted(self.items, items).astype(np.int32)
            if len(items) and (
                place.max() >= len(self.items) or (self.items[place] != items).any()
            ):
                return None
        return TermRows(items, [scores[place] for scores in self.scores], self.scales)


@dataclass(frozen=True)
class TermSum:
    """What some terms give the catalogue, whoever asks.

    ``amounts``: (n_items,) their sum. ``known``: (n_items,) what one of them scores above 0.
    ``scores``: (n_items,) of each term.
    """

    amounts: FloatArray
    known: BoolArray
    scores: list[FloatArray]

    @classmethod
    def of(cls, terms: Sequence[Term], scores: Sequence[FloatArray], scales: FloatArray) -> Self:
        """``scores``: (n_items,) of each term; ``scales``: (len(terms),)."""
        amounts, known = np.zeros_like(scores[0]), np.zeros(len(scores[0]), dtype=bool)
        for term, own, scale in zip(terms, scores, scales, strict=True):
            known |= own > 0
            amounts += amounts_of(term, own, scale)
        return cls(amounts, known, list(scores))

    def at(self, items: IntArray | None) -> TermSum:
        """The same of some items."""
        if items is None:
            return self
        own = [scores[items] for scores in self.scores]
        return TermSum(self.amounts[items], self.known[items], own)


@dataclass(frozen=True)
class TermScores:
    """A term, its scores of some items and one over their deviation in the catalogue."""

    term: Term
    scores: FloatArray
    scale: float

    def amounts(self) -> FloatArray:
        """What the term adds to the score of each item."""
        return amounts_of(self.term, self.scores, np.float32(self.scale))


def add_component(
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
