from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.ratings import FEWEST_RATINGS, has_stars, ratings_of
from tests.engine.builders import dataset

STARS = [1, 2, 3, 3, 4, 4, 4, 5, 5, np.nan]


def log_of(values, repeats=30):
    values = list(values) * repeats
    return dataset([(user, user % 7) for user in range(len(values))], 7, values=values).log


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(STARS, True, id="stars"),
        pytest.param([0.5, 3.5, 3.5, 4, 4.5], True, id="half stars"),
        pytest.param([2, 8, 8, 9, 10], True, id="ten points"),
        pytest.param([1, 1, 2, 3, 5], True, id="angry people"),
        pytest.param([1, 1, 1, 1, 2, 3, 4], False, id="pieces, mostly one"),
        pytest.param([3, 3, 4, 4, 12], False, id="a dozen"),
        pytest.param([0, 3, 4, 4, 5], False, id="nothing"),
        pytest.param([1, 1], False, id="one for everything"),
        pytest.param([4, 4, 5], False, id="two steps"),
        pytest.param([np.nan], False, id="nothing recorded"),
        pytest.param(np.linspace(1, 9.7, 40), False, id="minutes"),
    ],
)
def test_ratings_are_distinguished_from_other_numbers(values, expected):
    assert has_stars(log_of(values)) is expected
    assert bool(len(ratings_of(log_of(values)))) is expected


def test_a_log_without_values_and_a_short_one_have_no_stars():
    assert not has_stars(dataset([(0, 1), (1, 2)], 3).log)
    assert not has_stars(log_of(STARS[:9], repeats=(FEWEST_RATINGS - 1) // 9))


def test_the_last_rating_of_an_item_counts_and_unrated_items_are_left_out():
    events = [(user, 0) for user in range(120)] + [(3, 0), (3, 1), (5, 0)]
    values = [2, 3, 3, 4, 3, 5] * 20 + [5, np.nan, np.nan]
    found = ratings_of(dataset(events, 2, values=values).log)
    assert len(found) == 120
    assert found.stars[found.users == 3].tolist() == [5]
    assert found.stars[found.users == 5].tolist() == [5]
    assert set(found.items.tolist()) == {0}
