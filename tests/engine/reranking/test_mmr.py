from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.reranking.mmr import Redundancy, choose, unit_scale
from tests.engine.rankings import ranked_of


def diversified(ranked, n, weight, similarity):
    return choose(ranked, n, [Redundancy(weight, ranked.items, similarity)], len(ranked))


def test_diversity_prefers_dissimilar_items():
    likeness = np.eye(4)
    likeness[0, 1] = likeness[1, 0] = 1.0
    ranked = ranked_of([1.0, 0.95, 0.9, 0.0])
    chosen = diversified(ranked, 3, 0.5, lambda items: likeness[np.ix_(items, items)])
    assert chosen.items.tolist()[:2] == [0, 2]
    assert sorted(chosen.items.tolist()) == [0, 1, 2, 3]
    assert diversified(ranked, 3, 0.0, lambda items: likeness).items.tolist() == [0, 1, 2, 3]


def test_diversity_considers_all_chosen_items():
    likeness = np.eye(4)
    likeness[0, 2] = likeness[2, 0] = 1.0
    chosen = diversified(
        ranked_of([1.0, 0.99, 0.98, 0.9, 0.0]).take(np.arange(4)), 3, 0.5, lambda items: likeness
    )
    assert chosen.items.tolist()[:3] == [0, 1, 3]


class Dislike:
    """A fixed cost of 1 for some entries."""

    depth = 5

    def __init__(self, weight, entries, size):
        self.weight, self.disliked = weight, np.isin(np.arange(size), entries).astype(float)

    def of_next(self):
        return self.disliked

    def choose(self, entry):
        pass


def test_costs_add_up():
    ranked = ranked_of([1.0, 0.9, 0.8, 0.0])
    costs = [Dislike(0.5, [0], 4), Dislike(0.5, [1], 4)]
    assert choose(ranked, 2, costs, 4).items.tolist() == [2, 3, 0, 1]
    assert choose(ranked, 2, costs[:1], 4).items.tolist() == [1, 2, 0, 3]


def test_entries_beyond_the_candidates_are_never_chosen():
    ranked = ranked_of([4, 3, 2, 1])
    assert choose(ranked, 2, [Dislike(1.0, [0, 1], 2)], 2).items.tolist() == [0, 1, 2, 3]


def test_scores_are_scaled_by_depth():
    assert unit_scale(np.array([5.0, 3.0, 1.0, -1.0]), 3).tolist() == pytest.approx(
        [1.0, 0.5, 0.0, -0.5]
    )
    assert unit_scale(np.array([2.0, 2.0]), 5).tolist() == [0.0, 0.0]
