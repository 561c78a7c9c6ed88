"""Train the trees of the second stage on the slices, and decide whether they are served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import FloatArray
from recommender.engine.ranking.features import ItemFacts, features_of
from recommender.engine.ranking.second_stage import (
    DEPTH,
    FULL_WORTH,
    TreeRanker,
    amounts_of,
    importance_of,
)
from recommender.engine.ranking.trees import Trees
from recommender.engine.runtime.part_done import part_done
from recommender.engine.scorers.blend import name_of
from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.learning import Questions, Weights
from recommender.engine.tuning.score_cache import LISTED
from recommender.engine.tuning.tail_bonus import TriedBonus, choose_bonus, try_bonuses
from recommender.engine.tuning.tree_groups import Groups
from recommender.engine.tuning.validation import Validation

FEWEST_ANSWERED = 500
"""Questions with an answer among the best candidates; with fewer, trees overfit."""

LEAST_GAIN = 0.005
"""Smallest relative gain of the best NDCG that trees are served for. It is below what the slice can
tell, because trees that only equal it are often broader (docs/decisions/0022)."""

WORTHS = (FULL_WORTH / 4, FULL_WORTH / 2, FULL_WORTH)
"""What a unit of the trees' sum may be worth. Less than in training is often better: what trees
find on older slices holds in part."""


@dataclass(frozen=True)
class TriedTrees:
    """The outcome, with figures of the newest slice by what was learnt on the older ones.

    Attributes:
        reason: why the trees are not served; empty = they are.
        first_stage: figures without trees.
        figures: with them; None = no trees were trained.
        gain: of the best NDCG, relative to the best without trees.
        importance: how much what the served trees read matters, by name; None = none are served.
    """

    reason: str
    first_stage: Figures
    figures: Figures | None = None
    gain: float | None = None
    importance: Mapping[str, float] | None = None

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

    Their columns are the terms of the blend.
    """

    def __init__(self, one: Validation, questions: Questions) -> None:
        self.validation, self.questions = one, questions
        self.facts = ItemFacts.of(one.train)

    @cached_property
    def categories(self) -> Categories:
        return Categories.of(category_matrix(self.validation.train.items.categories))

    def best(self, scores: FloatArray) -> NDArray[np.int64]:
        """(at most DEPTH,) positions of one question's best candidates, best first."""
        order = np.argsort(-scores, kind="stable")[:DEPTH]
        return order[scores[order] > LISTED]

    def features(self, row: int, best: NDArray[np.int64], scores: FloatArray) -> FloatArray:
        """(len(best), d) of a question's candidates; ``scores`` (width,) of the first stage."""
        cache = self.questions.cache
        terms = np.empty((len(best), len(cache.values)), dtype=np.float32)
        for at, values in enumerate(cache.values):
            terms[:, at] = values[row, best]
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

    def tree_amounts(self, first: FloatArray, trees: Trees) -> FloatArray:
        """(questions, width) what the trees say of the candidates; ``first``: the first stage."""
        amounts = np.zeros_like(first)
        for row, own in enumerate(first):
            listed = np.flatnonzero(own > LISTED)
            best = self.best(own)
            ranked = np.concatenate([best, np.setdiff1d(listed, best)])
            amounts[row, ranked] = amounts_of(
                trees.predict(self.features(row, best, own)), len(ranked)
            )
            part_done()
        return amounts


def learn_trees(
    slices: Sequence[Asked],
    outer: Weights,
    weights: Weights,
    plain: Sequence[TriedBonus],
    seed: int,
) -> LearntTrees:
    """The trees that are served beside ``weights``, or why none are.

    Args:
        slices: the newest first.
        outer: weights of the first stage, learnt on all but the newest slice.
        weights: learnt on all slices.
        plain: the frontier of the first stage alone.
    """
    from recommender.engine.tuning.tree_training import train_trees, why_not

    without = choose_bonus(plain)

    def rejected(reason: str, *figures: Any) -> LearntTrees:
        return LearntTrees(TriedTrees(reason, without.figures, *figures))

    newest, *older = slices
    if not older:
        return rejected("there is one slice only")
    of_older, first = groups_of(older, outer), newest.questions.scores(outer)
    n_answered = len(of_older.sizes) + len(newest.answered(first))
    if n_answered < FEWEST_ANSWERED:
        return rejected(f"{n_answered} answered questions are fewer than {FEWEST_ANSWERED}")
    if missing := why_not():
        return rejected(missing)
    tried = train_trees(of_older, seed)
    del of_older
    amounts = newest.tree_amounts(first, tried)
    frontiers = {
        worth: try_bonuses(newest.questions, first + np.float32(worth) * amounts, worth)
        for worth in WORTHS
    }
    found = [each for frontier in frontiers.values() for each in frontier]
    gain = _best_ndcg(found) / max(1e-9, _best_ndcg(plain)) - 1
    chosen = choose_bonus([*plain, *found])
    if reason := why_not_served(gain, chosen):
        best = max(found, key=lambda each: each.figures.ndcg_at_10)
        return rejected(reason, best.figures, gain)
    trees = train_trees(groups_of(slices, weights), seed)
    terms = [name_of(column.key) for column in newest.questions.columns.columns]
    return LearntTrees(
        TriedTrees("", without.figures, chosen.figures, gain, importance_of(trees, terms)),
        trees,
        TreeRanker(tried, newest.facts, chosen.trees),
        frontiers[chosen.trees],
        chosen,
    )


def why_not_served(gain: float, chosen: TriedBonus) -> str:
    """Empty if the trees are served. ``chosen``: the best point of all frontiers."""
    if gain < LEAST_GAIN:
        return f"the gain is below {LEAST_GAIN:.1%}"
    return "" if chosen.trees else "the first stage alone serves the tail better"


def _best_ndcg(tried: Sequence[TriedBonus]) -> float:
    return max(each.figures.ndcg_at_10 for each in tried)


def groups_of(slices: Sequence[Asked], weights: Weights) -> Groups:
    """The training rows of the questions that have an answer among their best candidates."""
    features, taken, start, sizes, worth = [], [], [], [], []
    for one in slices:
        first, cache = one.questions.scores(weights), one.questions.cache
        tail = cache.wanted_tail / np.maximum(1, cache.wanted)
        for row, best in one.answered(first):
            features.append(one.features(row, best, first[row]))
            taken.append(cache.relevant[row, best])
            start.append(first[row, best])
            sizes.append(len(best))
            worth.append(1 + tail[row])
            part_done()
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
