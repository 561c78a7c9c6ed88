from __future__ import annotations

import math

import pytest

from recommender.experiments.intervals import over_seeds


def test_the_interval_is_that_of_student():
    middle, low, high = over_seeds([1, 2, 3, 4, 5])
    assert middle == 3
    reach = 2.7764 * math.sqrt(2.5 / 5)
    assert (low, high) == pytest.approx((3 - reach, 3 + reach), rel=1e-4)


def test_one_value_has_no_interval_and_none_has_no_mean():
    assert over_seeds([0.5])[0] == 0.5
    assert math.isnan(over_seeds([0.5])[1])
    assert math.isnan(over_seeds([float("nan")])[0])
