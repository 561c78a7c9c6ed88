from __future__ import annotations

import itertools

import numpy as np
import pytest

from recommender.engine.ranking.trees import Trees, shapley

NAN = float("nan")


def trees():
    """x0 <= 1 ? (x1 <= 0 ? 1 : 2) : 4, and a tree of one leaf of value 10."""
    return Trees(
        roots=np.array([0, -4], dtype=np.int32),
        feature=np.array([0, 1], dtype=np.int32),
        threshold=np.array([1.0, 0.0]),
        left=np.array([1, -1], dtype=np.int32),
        right=np.array([-3, -2], dtype=np.int32),
        nan_left=np.array([True, False]),
        node_rows=np.array([100, 60]),
        leaf_value=np.array([1.0, 2.0, 4.0, 10.0]),
        leaf_rows=np.array([20, 40, 40, 100]),
    )


FEATURES = np.array([[1.0, 0.0, 9.0], [1.0, 0.1, 9.0], [1.1, -5.0, 9.0], [NAN, NAN, 9.0]])


def test_each_value_goes_the_way_of_its_threshold():
    assert trees().predict(FEATURES).tolist() == [11, 12, 14, 12]


def test_the_base_is_the_mean_of_the_training_rows():
    assert trees().base == pytest.approx((20 * 1 + 40 * 2 + 40 * 4) / 100 + 10)


def test_contributions_sum_to_the_prediction_and_an_unused_feature_has_none():
    found = trees().contributions(FEATURES)
    np.testing.assert_allclose(found.sum(axis=1) + trees().base, trees().predict(FEATURES))
    assert not found[:, 2].any()


def test_contributions_by_hand():
    """v() = 2.6, v(x0) = 5/3, v(x1) = .6 * 1 + .4 * 4 = 2.2, v(x0, x1) = 1."""
    first = trees().contributions(FEATURES[:1])[0]
    assert first[0] == pytest.approx(((5 / 3 - 2.6) + (1 - 2.2)) / 2)
    assert first[1] == pytest.approx(((2.2 - 2.6) + (1 - 5 / 3)) / 2)


def test_trees_without_a_condition_add_nothing_to_the_base():
    only = {**trees().get_state(), "roots": np.array([-4], dtype=np.int32)}
    flat = Trees.from_state(only)
    assert not flat.contributions(FEATURES).any()
    assert flat.predict(FEATURES).tolist() == [10] * 4 == [flat.base] * 4


def test_importance_is_the_share_of_the_rows_that_are_split_by_each_feature():
    assert trees().importance(3).tolist() == pytest.approx([100 / 160, 60 / 160, 0])


def test_without_a_split_nothing_has_importance():
    none = {name: array[:0] for name, array in trees().get_state().items()}
    assert Trees.from_state(none).importance(2).tolist() == [0, 0]


def test_shapley_values_sum_to_what_the_leaf_gains():
    shares = np.array([0.2, 0.5, 0.9])
    found = shapley(shares)
    for code, row in enumerate(found):
        holds = all(code >> bit & 1 for bit in range(3))
        assert row.sum() == pytest.approx(holds - shares.prod())


def test_shapley_values_do_not_depend_on_the_order_of_conditions():
    shares = np.array([0.2, 0.5, 0.9])
    for order in itertools.permutations(range(3)):
        found = shapley(shares[list(order)])
        assert found[-1, order.index(0)] == pytest.approx(shapley(shares)[-1, 0])
