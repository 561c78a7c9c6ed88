"""Stated preferences: wanted items are ranked higher, items with unwanted words lower."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    IntArray,
    Query,
    StatedPreferences,
)
from recommender.engine.scorers.base import Scorer

STATED_PREFERENCES = "stated_preferences"
"""The name among the contributions to a score and among the sources of a list."""

MATCH, WANTED, UNWANTED = 0.5, 0.5, 2.0
"""Changes of the score in units of ``reach``.

``MATCH`` is added to the item that fits the stated preferences best, ``WANTED`` (times the weight)
to the item with the highest TF-IDF of a wanted word. ``UNWANTED`` is subtracted for each unwanted
word.
"""


class InterestModel(Protocol):
    """What understands stated preferences; `scorers.interest_words` implements it."""

    @property
    def n_items(self) -> int: ...

    def score(self, query: Query) -> FloatArray: ...

    def explain(self, query: Query, item: int) -> list[Contribution]: ...

    def alike(self, preferences: StatedPreferences, /) -> FloatArray:
        """(n_items,) semantic similarity to the typed text."""

    def wanted(self, preferences: StatedPreferences, /) -> Mapping[int, float]:
        """Weights by wanted word of the catalogue."""

    def unwanted(self, preferences: StatedPreferences, /) -> Collection[int]:
        """The unwanted words of the catalogue."""

    def has(self, word: int) -> FloatArray:
        """(n_items,) TF-IDF of a word, divided by its maximum."""

    def form(self, word: int) -> str:
        """The word as people read it."""


@dataclass(frozen=True)
class StatedPreferenceBoost:
    """A scorer's scores, changed by each person's stated preferences.

    score(i) = scorer(i) + reach * (½ match(i) + ½ Σ weight * has(i, wanted) - 2 · unwanted words)

    - ``match``: the interest model's score for the preferences alone, divided by its maximum. If
      the person typed a text, the mean of that and of the semantic similarity, likewise scaled.
    - ``has``: TF-IDF divided by the word's maximum.
    - ``reach``: the distance from the mean score to the best score; 1 without a history.

    Without a history the stated preferences alone decide. Without an interest model they are
    ignored.
    """

    scorer: Scorer
    interest: InterestModel | None

    def score(self, query: Query, items: IntArray, own: FloatArray, reach: float) -> FloatArray:
        """(len(items),) ``own``: the scorer's scores; ``reach``: of the query's candidates."""
        if not query.stated_preferences or self.interest is None:
            return own
        known = own if len(query) else np.full_like(own, np.nan)
        amounts = Boost.of(self.interest, query.stated_preferences).amounts[items]
        total = np.nan_to_num(known) + np.float32(reach) * amounts
        total[np.isnan(known) & (amounts <= 0)] = np.nan
        return np.asarray(total, dtype=np.float32)

    def reach(self, query: Query, own: FloatArray) -> float:
        """``own``: the scorer's scores of the candidates."""
        return reach_of(own) if len(query) else 1.0

    def explain_table(self, query: Query, items: Sequence[int], reach: float) -> ContributionTable:
        """The contributions that sum to each item's score; none if it has no score."""
        if not query.stated_preferences or self.interest is None:
            return self.scorer.explain_table(query, items)
        nothing: list[list[Contribution]] = [[] for _ in items]
        own = (
            self.scorer.explain_table(query, items)
            if len(query)
            else ContributionTable.of(items, nothing)
        )
        boost = Boost.of(self.interest, query.stated_preferences)
        explained = own.explained() | (boost.amounts[np.asarray(items, dtype=np.int64)] > 0)
        return own.with_more(
            [
                boost.explain(item, reach) if has_score else []
                for item, has_score in zip(items, explained.tolist(), strict=True)
            ]
        )

    def preferred(self, query: Query) -> FloatArray | None:
        """(n_items,) boost of each preferred item, NaN for the others.

        None if there are no stated preferences.
        """
        if not query.stated_preferences or self.interest is None:
            return None
        amounts = Boost.of(self.interest, query.stated_preferences).amounts
        return np.where(amounts > 0, amounts, np.float32(np.nan))

    def unwanted(self, query: Query, items: IntArray) -> BoolArray:
        """(len(items),) mask of the items with an unwanted word."""
        if self.interest is None or not query.stated_preferences.unwanted:
            return np.zeros(len(items), dtype=bool)
        return count_unwanted(self.interest, query.stated_preferences)[items] > 0


@dataclass(frozen=True)
class Boost:
    """The boost of one person's stated preferences.

    ``query``: a query of the preferences alone. ``unit``: boost per unit of the interest model's
    score for that query. ``semantic``: (n_items,) boost by semantic similarity. ``amounts``:
    (n_items,) total boost. All boosts are in units of ``reach``.
    """

    interest: InterestModel
    query: Query
    unit: float
    semantic: FloatArray
    amounts: FloatArray

    @classmethod
    def of(cls, interest: InterestModel, preferences: StatedPreferences) -> Boost:
        query = Query(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32), preferences)
        match = np.nan_to_num(interest.score(query))
        alike = interest.alike(preferences)
        share = MATCH / 2 if alike.any() else MATCH
        unit = share / (float(match.max(initial=0)) or 1.0)
        semantic = share * alike / (float(alike.max(initial=0)) or 1.0)
        amounts = unit * match + semantic - UNWANTED * count_unwanted(interest, preferences)
        for word, weight in interest.wanted(preferences).items():
            amounts += WANTED * weight * interest.has(word)
        return cls(interest, query, unit, semantic, np.asarray(amounts, dtype=np.float32))

    def explain(self, item: int, reach: float) -> list[Contribution]:
        """One contribution per word, and one without a word for the semantic similarity."""
        by_word = self._by_word(item)
        contributions = [
            Contribution(STATED_PREFERENCES, reach * amount, word=word)
            for word, amount in by_word.items()
            if amount
        ]
        semantic = reach * float(self.semantic[item])
        if semantic:
            contributions.append(Contribution(STATED_PREFERENCES, semantic))
        return contributions

    def _by_word(self, item: int) -> dict[str, float]:
        """The boost of the item by word, as people read it, in units of ``reach``."""
        interest, preferences = self.interest, self.query.stated_preferences
        by_word: dict[str, float] = defaultdict(float)
        for contribution in interest.explain(self.query, item):
            by_word[contribution.word or ""] += self.unit * contribution.amount
        for word, weight in interest.wanted(preferences).items():
            by_word[interest.form(word)] += WANTED * weight * float(interest.has(word)[item])
        for word in interest.unwanted(preferences):
            by_word[interest.form(word)] -= UNWANTED * float(interest.has(word)[item] > 0)
        return by_word


def count_unwanted(interest: InterestModel, stated_preferences: StatedPreferences) -> FloatArray:
    """(n_items,) how many unwanted words each item has."""
    count = np.zeros(interest.n_items, dtype=np.float32)
    for word in interest.unwanted(stated_preferences):
        count += interest.has(word) > 0
    return count


def reach_of(scores: FloatArray) -> float:
    """The distance from the mean score to the best score; 1 if it is 0 or there are no scores."""
    known = scores[~np.isnan(scores)]
    return float(known.max() - known.mean()) or 1.0 if len(known) else 1.0
