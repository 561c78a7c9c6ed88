"""What a person said of themselves, beside what they did: wished for items rise, items with unwanted words sink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    Query,
    StatedPreferences,
)
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.interest_words.scorer import Interest

STATED_PREFERENCES = "stated_preferences"
"""The name of what wishes add, among the parts of a score and among the sources of a list."""

MEANT, WANTED, UNWANTED = 0.5, 0.5, 2.0
"""In ways from the mean to the person's best item: what the item gets that fits best what was said, one that has most
of a wanted word (times its weight), and what an unwanted word takes."""


@dataclass(frozen=True)
class StatedPreferenceBoost:
    """A scorer's scores with what each person's wishes add; of somebody without a history the wishes are all.

    score(i) = scorer(i) + reach * (½ meant(i) + ½ sum of weight * has(i, wanted) - 2 · number of unwanted),
    where ``meant`` is what the interest model makes of the wishes alone, over its highest, and where somebody typed
    something the mean of that and of how near the item is in meaning, over its highest; ``has`` is TF-IDF over the
    word's highest; ``reach`` is how far the person's best item is above the mean, 1 without a history. Without an
    interest model nobody's wishes can be read.
    """

    scorer: Scorer
    interest: Interest | None

    def score(self, query: Query) -> FloatArray:
        return self._with_preferences(query, self.scorer.score(query))

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        scores = self.scorer.score_batch(queries)
        for row, query in enumerate(queries):
            scores[row] = self._with_preferences(query, scores[row])
        return scores

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """Parts that sum to each item's score; empty where neither scorer nor wishes can tell."""
        if not query.stated_preferences or self.interest is None:
            return self.scorer.explain_many(query, items)
        own = self.scorer.explain_many(query, items) if len(query) else [[] for _ in items]
        wish = Wish.of(self.interest, query.stated_preferences)
        reach = reach_of(self.scorer.score(query)) if len(query) else 1.0
        return [
            parts + wish.explain(item, reach) if parts or wish.amounts[item] > 0 else []
            for parts, item in zip(own, items, strict=True)
        ]

    def preferred(self, query: Query) -> FloatArray | None:
        """(n_items,) how much each item is wished for, NaN where it is not; None where nobody wishes."""
        if not query.stated_preferences or self.interest is None:
            return None
        amounts = Wish.of(self.interest, query.stated_preferences).amounts
        return np.where(amounts > 0, amounts, np.float32(np.nan))

    def unwanted(self, query: Query) -> BoolArray:
        """(n_items,) items with an unwanted word."""
        if self.interest is None:
            return np.zeros(1, dtype=bool)
        return count_unwanted(self.interest, query.stated_preferences) > 0

    def _with_preferences(self, query: Query, scores: FloatArray) -> FloatArray:
        if not query.stated_preferences or self.interest is None:
            return scores
        own = scores if len(query) else np.full_like(scores, np.nan)
        amounts = Wish.of(self.interest, query.stated_preferences).amounts
        total = np.nan_to_num(own) + np.float32(reach_of(own)) * amounts
        total[np.isnan(own) & (amounts <= 0)] = np.nan
        return np.asarray(total, dtype=np.float32)


@dataclass(frozen=True)
class Wish:
    """One person's wishes, read. ``amounts``: (n_items,) what they add, in ``reach``; ``said``: the wishes alone as a
    query; ``by_words``: what a unit of the interest model's score for them adds; ``by_meaning``: (n_items,) what
    nearness in meaning adds."""

    interest: Interest
    said: Query
    by_words: float
    by_meaning: FloatArray
    amounts: FloatArray

    @classmethod
    def of(cls, interest: Interest, stated_preferences: StatedPreferences) -> Wish:
        said = Query(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32), stated_preferences)
        meant = np.nan_to_num(interest.score(said))
        alike = interest.alike(stated_preferences)
        share = MEANT / 2 if alike.any() else MEANT
        by_words = share / (float(meant.max(initial=0)) or 1.0)
        by_meaning = share * alike / (float(alike.max(initial=0)) or 1.0)
        amounts = (
            by_words * meant + by_meaning - UNWANTED * count_unwanted(interest, stated_preferences)
        )
        for word, weight in interest.wanted(stated_preferences).items():
            amounts += WANTED * weight * interest.has(word)
        return cls(interest, said, by_words, by_meaning, np.asarray(amounts, dtype=np.float32))

    def explain(self, item: int, reach: float) -> list[Contribution]:
        """A part for every word that adds or takes something, and one without a word for nearness in meaning."""
        by_word: dict[str, float] = defaultdict(float)
        for part in self.interest.explain(self.said, item):
            by_word[part.word or ""] += self.by_words * part.amount
        for word, weight in self.interest.wanted(self.said.stated_preferences).items():
            by_word[self.interest.form(word)] += (
                WANTED * weight * float(self.interest.has(word)[item])
            )
        for word in self.interest.unwanted(self.said.stated_preferences):
            by_word[self.interest.form(word)] -= UNWANTED * float(self.interest.has(word)[item] > 0)
        parts = [
            Contribution(STATED_PREFERENCES, reach * amount, word=word)
            for word, amount in by_word.items()
            if amount
        ]
        meaning = reach * float(self.by_meaning[item])
        return [*parts, Contribution(STATED_PREFERENCES, meaning)] if meaning else parts


def count_unwanted(interest: Interest, stated_preferences: StatedPreferences) -> FloatArray:
    """(n_items,) how many unwanted words each item has."""
    count = np.zeros(interest.n_items, dtype=np.float32)
    for word in interest.unwanted(stated_preferences):
        count += interest.has(word) > 0
    return count


def reach_of(scores: FloatArray) -> float:
    """How far the best item is above the mean of those that have a score; 1 where that says nothing."""
    known = scores[~np.isnan(scores)]
    return float(known.max() - known.mean()) or 1.0 if len(known) else 1.0
