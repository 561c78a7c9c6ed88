from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.tail_bonus import TriedBonus, choose_bonus


def tried(*rows):
    return [
        TriedBonus(at / 10, at / 5, Figures(ndcg, ndcg, tail, cold, breadth))
        for at, (ndcg, tail, cold, breadth) in enumerate(rows)
    ]


def test_a_few_lost_hits_of_cold_items_are_noise():
    found = tried((0.100, 0.05, 0.004, 0.1), (0.100, 0.06, 0.002, 0.1))
    assert choose_bonus(found) is found[0]
    noisy = replace(found[0], figures=replace(found[0].figures, cold_error=0.002))
    assert choose_bonus([noisy, found[1]]) is found[1]


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        # the tail gains, and NDCG loses less than 2 %
        ([(0.100, 0.05, 0.01, 0.1), (0.099, 0.06, 0.01, 0.1), (0.097, 0.09, 0.01, 0.1)], 1),
        # nothing gains
        ([(0.100, 0.05, 0.01, 0.1), (0.100, 0.05, 0.01, 0.1)], 0),
        # cold items would lose more than a tenth
        ([(0.100, 0.05, 0.010, 0.1), (0.100, 0.08, 0.008, 0.1)], 0),
        # breadth would lose more than 3 %
        ([(0.100, 0.05, 0.01, 0.10), (0.100, 0.08, 0.01, 0.096)], 0),
        # a fifth more breadth is worth more than a tenth more of the tail
        ([(0.100, 0.05, 0.01, 0.10), (0.100, 0.055, 0.01, 0.10), (0.100, 0.05, 0.01, 0.12)], 2),
        # the best NDCG costs too much breadth: what has enough of it is compared with itself
        ([(0.100, 0.05, 0.01, 0.10), (0.120, 0.04, 0.01, 0.05), (0.110, 0.05, 0.01, 0.098)], 2),
        # no question has a tail item: breadth decides
        ([(0.100, 0.0, 0.0, 0.10), (0.100, 0.0, 0.0, 0.12)], 1),
    ],
)
def test_the_most_tail_recall_that_costs_little(rows, chosen):
    found = tried(*rows)
    assert choose_bonus(found) is found[chosen]
