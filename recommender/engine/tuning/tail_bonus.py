"""Choose the tail bonus: what a tail item's score gains in every list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import FloatArray
from recommender.engine.tuning.figures import LIST_LENGTH, Figures, figures_of
from recommender.engine.tuning.learning import Questions
from recommender.engine.tuning.score_cache import LISTED

STRENGTHS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Bonuses in units of twice the median deviation of the ten best scores of a person."""

LEAST_NDCG = 0.98
"""Share of the best NDCG that the tail may not cost."""

LEAST_COLD = 0.9
"""Share of the first stage's cold recall without a bonus that stays. It is often a handful of hits:
below that share by one standard error is still no loss."""

LEAST_BREADTH = 0.97
"""Share of the first stage's breadth without a bonus that stays. It is counted over all lists, so
it is hardly noisy."""

BREADTH_WORTH = 1.0
"""What breadth counts beside tail recall, each relative to the figure without a bonus."""


@dataclass(frozen=True)
class TriedBonus:
    """``amount``: in score units. ``figures``: of the lists with it. ``trees``: the worth of the
    trees in these lists; 0 = without them."""

    strength: float
    amount: float
    figures: Figures
    trees: float = 0.0


def try_bonuses(judged: Questions, plain: FloatArray, trees: float = 0.0) -> list[TriedBonus]:
    """The frontier: figures of the slice's lists by strength of the bonus.

    ``plain``: (questions, width) scores without a bonus. ``trees``: their worth in these scores.
    """
    n = min(LIST_LENGTH, plain.shape[1])
    best = np.partition(plain, -n, axis=1)[:, -n:].astype(np.float64)
    full = best[(best > LISTED).all(axis=1)]
    unit = 2 * float(np.median(full.std(axis=1))) if len(full) else 0.0
    return [
        TriedBonus(
            strength,
            strength * unit,
            figures_of(judged.cache, judged.with_bonus(plain, strength * unit)),
            trees,
        )
        for strength in (STRENGTHS if unit else STRENGTHS[:1])
    ]


def choose_bonus(tried: Sequence[TriedBonus]) -> TriedBonus:
    """The most tail recall and breadth that cost at most 2 % of the best NDCG.

    The first one is without a bonus and trees. Most of its cold recall and of its breadth stays:
    settings that lose more are not compared.
    """
    plain = tried[0].figures
    least_cold = LEAST_COLD * plain.cold_recall - plain.cold_error
    broad = [
        each
        for each in tried
        if each.figures.cold_recall >= least_cold
        and each.figures.breadth >= LEAST_BREADTH * plain.breadth
    ]
    least = LEAST_NDCG * max(each.figures.ndcg_at_10 for each in broad)
    allowed = [each for each in broad if each.figures.ndcg_at_10 >= least]

    def value(each: TriedBonus) -> float:
        gained = each.figures.tail_recall / max(1e-9, plain.tail_recall)
        return gained + BREADTH_WORTH * each.figures.breadth / max(1e-9, plain.breadth)

    return max(allowed, key=value)
