"""Train the trees of the second stage on the slices, and decide whether they are served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.ranking.trees import Trees
from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.learning import Weights
from recommender.engine.tuning.tail_bonus import LEAST_SIDE, TriedBonus, choose_bonus, try_bonuses
from recommender.engine.tuning.tree_questions import Asked, groups_of

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
    del of_older
    bonuses = try_bonuses(newest.questions, newest.reranked(outer, tried))
    bonus = choose_bonus(bonuses, without.figures)
    gain = gain_of(bonus.figures, without.figures)
    if reason := _why_worse(bonus.figures, without.figures, gain):
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


def _why_worse(figures: Figures, before: Figures, gain: float) -> str:
    if gain < LEAST_GAIN:
        return f"the gain is below {LEAST_GAIN:.0%}"
    for name in ("cold_recall", "breadth"):
        if getattr(figures, name) < LEAST_SIDE * getattr(before, name):
            return f"{name} falls by more than {1 - LEAST_SIDE:.0%}"
    return ""
