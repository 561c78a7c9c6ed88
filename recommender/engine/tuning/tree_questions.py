"""The slices' questions as the second stage sees them: the best candidates with their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import FloatArray
from recommender.engine.ranking.features import ItemFacts, features_of
from recommender.engine.ranking.second_stage import DEPTH, amounts_of
from recommender.engine.ranking.trees import Trees
from recommender.engine.tuning.learning import Questions, Weights
from recommender.engine.tuning.score_cache import LISTED
from recommender.engine.tuning.validation import Validation


@dataclass(frozen=True)
class Groups:
    """The candidates of questions, one question after the other.

    Attributes:
        features: (n, d).
        taken: (n,) whether the person took it.
        start: (n,) the scores that the trees are added to.
        sizes: (questions,) candidates of each.
        weights: (questions,) what each counts.
    """

    features: FloatArray
    taken: NDArray[np.bool_]
    start: NDArray[np.float64]
    sizes: NDArray[np.int64]
    weights: NDArray[np.float64]


class Asked:
    """The questions of one slice as the second stage sees them.

    ``kept``: the columns that are terms of the blend.
    """

    def __init__(self, one: Validation, questions: Questions, kept: NDArray[np.int64]) -> None:
        self.validation, self.questions, self.kept = one, questions, kept
        self.facts = ItemFacts.of(one.train)

    @cached_property
    def categories(self) -> Categories:
        return Categories.of(category_matrix(self.validation.train.items.categories))

    def first_stage(self, weights: Weights) -> FloatArray:
        """(questions, width) scores with the kept columns alone."""
        n, pruned = len(self.questions.columns.columns), weights.copy()
        gone = np.setdiff1d(np.arange(n), self.kept)
        pruned[np.concatenate([gone, n + gone])] = 0.0
        return self.questions.scores(pruned)

    def best(self, scores: FloatArray) -> NDArray[np.int64]:
        """(at most DEPTH,) positions of one question's best candidates, best first."""
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        return order[scores[order] > LISTED]

    def features(self, row: int, best: NDArray[np.int64], scores: FloatArray) -> FloatArray:
        """(len(best), d) of a question's candidates; ``scores`` (width,) of the first stage."""
        cache = self.questions.cache
        terms = np.empty((len(best), len(self.kept)), dtype=np.float32)
        for at, column in enumerate(self.kept.tolist()):
            terms[:, at] = cache.values[column][row, best]
        query, items = self.validation.queries[row], cache.items[row, best]
        return features_of(terms, scores[best], query, items, self.facts, self.categories)

    def answered(self, first: FloatArray) -> list[tuple[int, NDArray[np.int64]]]:
        """Each question with an answer among its best candidates, and those."""
        relevant, found = self.questions.cache.relevant, []
        for row in np.flatnonzero(relevant.any(axis=1)).tolist():
            best = self.best(first[row])
            if relevant[row, best].any():
                found.append((row, best))
        return found

    def reranked(self, weights: Weights, trees: Trees) -> FloatArray:
        """(questions, width) scores of both stages."""
        scores = self.first_stage(weights)
        for row, own in enumerate(scores):
            listed = np.flatnonzero(own > LISTED)
            best = self.best(own)
            ranked = np.concatenate([best, np.setdiff1d(listed, best)])
            amounts = amounts_of(trees.predict(self.features(row, best, own)), len(ranked))
            scores[row, ranked] += amounts.astype(np.float32)
        return scores


def groups_of(slices: Sequence[Asked], weights: Weights) -> Groups:
    """The training rows of the questions that have an answer among their best candidates."""
    features, taken, start, sizes, worth = [], [], [], [], []
    for one in slices:
        first, cache = one.first_stage(weights), one.questions.cache
        tail = cache.wanted_tail / np.maximum(1, cache.wanted)
        for row, best in one.answered(first):
            features.append(one.features(row, best, first[row]))
            taken.append(cache.relevant[row, best])
            start.append(first[row, best])
            sizes.append(len(best))
            worth.append(1 + tail[row])
    if not sizes:
        nothing = np.zeros(0)
        return Groups(np.zeros((0, 1)), nothing > 0, nothing, nothing.astype(np.int64), nothing)
    return Groups(
        np.concatenate(features),
        np.concatenate(taken),
        np.concatenate(start).astype(np.float64) / 2,
        np.array(sizes, dtype=np.int64),
        np.array(worth),
    )
