from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.tuning.tree_groups import Groups
from recommender.engine.tuning.tree_training import train_trees, trees_of

lightgbm = pytest.importorskip("lightgbm")


def groups(n=6000, d=12, each=60, seed=0):
    """What is taken depends on a product of two features and on a third one."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, d)).astype(np.float32)
    taken = features[:, 0] * features[:, 1] + features[:, 2] + rng.normal(size=n) > 1
    n_groups = n // each
    return Groups(features, taken, np.zeros(n), np.full(n_groups, each), np.ones(n_groups))


@pytest.fixture(scope="module")
def booster():
    given = groups()
    features = given.features.copy()
    features[np.random.default_rng(1).random(features.shape) < 0.05] = np.nan
    data = lightgbm.Dataset(features, given.taken.astype(int), group=given.sizes)
    parameters = {"objective": "lambdarank", "num_leaves": 8, "verbose": -1, "num_threads": 1}
    return lightgbm.train(parameters, data, 40)


@pytest.fixture(scope="module")
def asked():
    features = groups(seed=2).features[:200].astype(np.float64)
    features[np.random.default_rng(3).random(features.shape) < 0.05] = np.nan
    return features


def test_predictions_are_those_of_lightgbm(booster, asked):
    found = trees_of(booster).predict(asked)
    np.testing.assert_allclose(found, booster.predict(asked, raw_score=True), atol=1e-12)


def test_contributions_are_those_of_lightgbm(booster, asked):
    trees, expected = trees_of(booster), booster.predict(asked, pred_contrib=True)
    np.testing.assert_allclose(trees.contributions(asked), expected[:, :-1], atol=1e-12)
    assert trees.base == pytest.approx(expected[0, -1], abs=1e-12)


def test_the_same_data_and_seed_give_the_same_trees():
    first, again = (train_trees(groups(), seed=4).get_state() for _ in range(2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], name)
    other = train_trees(groups(), seed=5)
    assert not np.array_equal(other.threshold, first["threshold"])


def test_trees_find_what_no_sum_finds():
    given, later = groups(), groups(seed=7)
    found = train_trees(given, seed=0).predict(later.features.astype(np.float64))
    assert found[later.taken].mean() > found[~later.taken].mean() + 0.5


def test_what_the_trees_are_added_to_counts():
    given = groups()
    known = Groups(given.features, given.taken, 20.0 * given.taken, given.sizes, given.weights)
    largest = [np.abs(train_trees(each, 0).leaf_value).max() for each in (known, given)]
    assert largest[0] < largest[1] / 3
