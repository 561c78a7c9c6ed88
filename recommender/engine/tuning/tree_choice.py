"""Train the trees of the second stage on the slices, and decide whether they are served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import FloatArray
from recommender.engine.ranking.features import ItemFacts, features_of
from recommender.engine.ranking.second_stage import DEPTH, TreeRanker, amounts_of
from recommender.engine.ranking.trees import Trees
from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.learning import Questions, Weights
from recommender.engine.tuning.score_cache import LISTED
from recommender.engine.tuning.tail_bonus import LEAST_SIDE, TriedBonus, choose_bonus, try_bonuses
from recommender.engine.tuning.tree_groups import Groups
from recommender.engine.tuning.validation import Validation

FEWEST_ANSWERED = 1000
"""Questions with an answer among the best candidates; with fewer, trees overfit."""

LEAST_GAIN = 0.01
"""Smallest relative gain that trees are served for."""

TAIL_WORTH = 0.3
"""What tail recall counts beside NDCG, each relative to the first stage's."""


@dataclass(frozen=True)
class TriedTrees:
    """The outcome, with figures of the newest slice by what was learnt on the older ones.

    Attributes:
        reason: why the trees are not served; empty = they are.
        first_stage: figures without trees.
        figures: with them; None = no trees were trained.
        gain: relative, over both.
    """

    reason: str
    first_stage: Figures
    figures: Figures | None = None
    gain: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"served": not self.reason, **asdict(self)}


@dataclass(frozen=True)
class LearntTrees:
    """``trees``: learnt on all slices; ``outer``: of the older ones alone; None = not served.

    ``bonuses``: the frontier with trees; ``bonus``: the one that is chosen.
    """

    tried: TriedTrees
    trees: Trees | None = None
    outer: TreeRanker | None = None
    bonuses: Sequence[TriedBonus] = ()
    bonus: TriedBonus | None = None


class Asked:
    """The questions of one slice as the second stage sees them.

    ``columns``: the columns that are terms of the blend.
    """

    def __init__(self, one: Validation, questions: Questions, columns: NDArray[np.int64]) -> None:
        self.validation, self.questions, self.columns = one, questions, columns
        self.facts = ItemFacts.of(one.train)

    @cached_property
    def categories(self) -> Categories:
        return Categories.of(category_matrix(self.validation.train.items.categories))

    def first_stage(self, weights: Weights) -> FloatArray:
        """(questions, width) scores with these columns alone."""
        n, pruned = len(self.questions.columns.columns), weights.copy()
        others = np.setdiff1d(np.arange(n), self.columns)
        pruned[np.concatenate([others, n + others])] = 0.0
        return self.questions.scores(pruned)

    def best(self, scores: FloatArray) -> NDArray[np.int64]:
        """(at most DEPTH,) positions of one question's best candidates, best first."""
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        return order[scores[order] > LISTED]

    def features(self, row: int, best: NDArray[np.int64], scores: FloatArray) -> FloatArray:
        """(len(best), d) of a question's candidates; ``scores`` (width,) of the first stage."""
        cache = self.questions.cache
        terms = np.empty((len(best), len(self.columns)), dtype=np.float32)
        for at, column in enumerate(self.columns.tolist()):
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


def learn_trees(
    slices: Sequence[Asked],
    outer: Weights,
    weights: Weights,
    without: TriedBonus,
    seed: int,
) -> LearntTrees:
    """The trees that are served beside ``weights``, or why none are.

    Args:
        slices: the newest first.
        outer: weights of the first stage, learnt on all but the newest slice.
        weights: learnt on all slices.
        without: the first stage alone, with its tail bonus.
    """
    from recommender.engine.tuning.tree_training import train_trees, why_not

    def rejected(reason: str, *figures: Any) -> LearntTrees:
        return LearntTrees(TriedTrees(reason, without.figures, *figures))

    newest, *older = slices
    if not older:
        return rejected("there is one slice only")
    of_older = groups_of(older, outer)
    n_answered = len(of_older.sizes) + len(newest.answered(newest.first_stage(outer)))
    if n_answered < FEWEST_ANSWERED:
        return rejected(f"{n_answered} answered questions are fewer than {FEWEST_ANSWERED}")
    if missing := why_not():
        return rejected(missing)
    tried = train_trees(of_older, seed)
    sides = without.figures
    del of_older
    bonuses = try_bonuses(newest.questions, newest.reranked(outer, tried))
    bonus = choose_bonus(bonuses, sides)
    gain = gain_of(bonus.figures, without.figures)
    if reason := why_worse(bonus.figures, sides, gain):
        return rejected(reason, bonus.figures, gain)
    return LearntTrees(
        TriedTrees("", without.figures, bonus.figures, gain),
        train_trees(groups_of(slices, weights), seed),
        TreeRanker(tried, newest.facts),
        bonuses,
        bonus,
    )


def gain_of(figures: Figures, before: Figures) -> float:
    """The relative gain in NDCG and tail recall."""
    ndcg = _ratio(figures.ndcg_at_10, before.ndcg_at_10)
    tail = _ratio(figures.tail_recall, before.tail_recall)
    return (ndcg + TAIL_WORTH * tail) / (1 + TAIL_WORTH) - 1


def _ratio(value: float, before: float) -> float:
    return value / before if before else 1.0


def why_worse(figures: Figures, before: Figures, gain: float) -> str:
    """Why trees with these figures are not served; empty if they are."""
    if gain < LEAST_GAIN:
        return f"the gain is below {LEAST_GAIN:.0%}"
    for name in ("cold_recall", "breadth"):
        if getattr(figures, name) < LEAST_SIDE * getattr(before, name):
            return f"{name} falls by more than {1 - LEAST_SIDE:.0%}"
    return ""


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
        return Groups(
            np.zeros((0, 1), np.float32), nothing > 0, nothing, np.zeros(0, np.int64), nothing
        )
    return Groups(
        np.concatenate(features),
        np.concatenate(taken),
        np.concatenate(start).astype(np.float64) / 2,
        np.array(sizes, dtype=np.int64),
        np.array(worth),
    )
