from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.scales import (
    BUCKETS,
    SHRINKAGE,
    bucket_of,
    deviations_of,
    inverse_deviation,
    inverse_scales,
)

NAN = float("nan")


def test_histories_of_like_length_share_a_scale():
    assert [bucket_of(n) for n in (0, 1, 2, 3, 4, 5, 88, 89, 5000)] == [0, 1, 2, 3, 3, 4, 9, 10, 10]


def test_a_scale_is_one_over_the_typical_deviation_of_that_length():
    deviations, lengths = np.repeat([0.5, 8.0], 1000), [1] * 1000 + [20] * 1000
    scales = inverse_scales(deviations, lengths)
    assert scales.shape == (BUCKETS,)
    assert scales[bucket_of(1)] == pytest.approx(1 / 0.5, rel=0.03)
    assert scales[bucket_of(20)] == pytest.approx(1 / 8, rel=0.03)
    assert scales[bucket_of(3)] == pytest.approx(1 / 2, rel=1e-6)  # nobody's: that of all


def test_few_people_of_a_length_move_its_scale_little():
    deviations, lengths = np.array([1.0] * 99 + [100.0]), [1] * 99 + [20]
    usual = 100 ** (1 / 100)
    expected = (100 * usual**SHRINKAGE) ** (1 / (1 + SHRINKAGE))
    assert 1 / inverse_scales(deviations, lengths)[bucket_of(20)] == pytest.approx(expected)


def test_constant_scores_have_no_part_in_a_scale():
    assert inverse_scales(np.array([0.0, NAN]), [1, 2]).tolist() == [0] * BUCKETS
    scales = inverse_scales(np.array([0.0, NAN, 2.0]), [1, 1, 1])
    np.testing.assert_allclose(scales, 0.5)


def test_missing_scores_do_not_count_in_a_deviation():
    rows = np.array([[1, 1, 1], [0, 2, NAN], [NAN, NAN, NAN]], dtype=np.float32)
    np.testing.assert_allclose(deviations_of(rows), [0, 1, 0])
    assert [inverse_deviation(row) for row in rows] == [0, 1, 0]
