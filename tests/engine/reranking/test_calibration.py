from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import Query
from recommender.engine.reranking.calibration import Miscalibration
from recommender.engine.reranking.mmr import choose
from tests.engine.rankings import ranked_of

CATEGORIES = Categories.of(
    category_matrix([("tea",)] * 6 + [("wool",)] * 3 + [("tea", "wool"), ()])
)
"""Items 0 to 5 are tea, 6 to 8 wool, 9 both, 10 neither."""


def calibrated(ranked, n, weight, mix):
    return choose(ranked, n, [Miscalibration(weight, mix, ranked.items)], len(ranked))


def test_a_mix_is_the_weighted_share_of_each_category():
    assert CATEGORIES.mix(Query.of([0, 6], [3.0, 1.0])).shares.tolist() == pytest.approx(
        [0.75, 0.25]
    )
    assert CATEGORIES.mix(Query.of([9, 10])).shares.tolist() == pytest.approx([0.5, 0.5])
    assert CATEGORIES.mix(Query.of([10])) is None
    assert CATEGORIES.mix(Query.of([])) is None


def test_the_divergence_is_kullback_leibler():
    mix = CATEGORIES.mix(Query.of([0, 6]))
    assert mix.divergence_of(np.array([1, 7])) == pytest.approx(0.0)
    assert mix.divergence_of(np.array([9])) == pytest.approx(0.0)
    only_tea = 0.5 * np.log(0.5 / 0.995) + 0.5 * np.log(0.5 / 0.005)
    assert mix.divergence_of(np.array([1, 2])) == pytest.approx(only_tea)
    assert mix.divergence_of(np.array([10])) == pytest.approx(np.log(100))
    assert mix.divergence_of(np.array([], dtype=int)) == pytest.approx(np.log(100))


def test_a_list_approaches_the_mix_of_the_history():
    ranked = ranked_of([9, 8.9, 8.8, 8.7, 8.6, 8.5, 8.4, 8.3, 8.2])
    mix = CATEGORIES.mix(Query.of([0, 6], [3.0, 1.0]))
    plain, mixed = (calibrated(ranked, 4, weight, mix).items[:4].tolist() for weight in (0.0, 0.9))
    assert plain == [0, 1, 2, 3]
    assert sorted(mixed) == [0, 1, 2, 6]


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.8, 1.0])
def test_each_choice_is_the_best_next_by_the_formula(weight):
    rng = np.random.default_rng(0)
    names = [tuple(f"c{code}" for code in np.flatnonzero(rng.random(6) < 0.3)) for _ in range(30)]
    categories = Categories.of(category_matrix(names))
    ranked = ranked_of(rng.normal(size=30))
    mix = categories.mix(Query.of(rng.choice(30, 5, replace=False)))
    scale = ranked.scores[:20]
    benefit = (ranked.scores - scale[-1]) / (scale[0] - scale[-1])
    chosen = []
    for _ in range(4):
        left = [entry for entry in range(30) if entry not in chosen]
        value = [
            (1 - weight) * benefit[entry]
            - weight * mix.divergence_of(ranked.items[[*chosen, entry]])
            for entry in left
        ]
        chosen.append(left[int(np.argmax(value))])
    assert calibrated(ranked, 4, weight, mix).items[:4].tolist() == ranked.items[chosen].tolist()
