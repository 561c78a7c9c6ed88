from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import Query
from recommender.engine.ranking.features import FACT, FEATURES, LATEST, ItemFacts, features_of
from recommender.engine.scorers.registry import SCORERS
from tests.engine.builders import dataset, random_dataset

EVENTS = [(0, 0), (0, 1), (1, 0), (1, 2), (2, 0), (2, 2), (2, 3), (1, 3), (0, 3), (2, 1)]
CATEGORIES = [("a",), ("a", "b"), ("b",), (), ("a",)]


@pytest.fixture(scope="module")
def data():
    values = [5, 3, 5, 1, 5, float("nan"), 3, 3, 3, 3]
    return dataset(EVENTS, 5, categories=CATEGORIES, values=values)


def facts(data, name):
    return ItemFacts.of(data).values[:, FACT[name]].tolist()


def test_ages_are_shares_of_the_log_and_0_without_an_interaction(data):
    assert facts(data, "first_age") == pytest.approx([0.95, 0.85, 0.65, 0.35, 0])
    assert facts(data, "last_age") == pytest.approx([0.55, 0.05, 0.45, 0.15, 0])
    assert facts(data, "mean_age") == pytest.approx([0.75, 0.45, 0.55, 0.25, 0])
    assert facts(data, "cold") == [0, 0, 0, 0, 1]


def test_interactions_of_one_time_have_one_age():
    equal = dataset(EVENTS, 5, times=[1] * 5 + [2] * 5)
    assert facts(equal, "first_age") == pytest.approx([0.75, 0.75, 0.75, 0.25, 0])


def test_recent_counts_and_trends(data):
    assert facts(data, "recent_20") == pytest.approx([0, np.log(2), 0, np.log(2), 0])
    expected = [np.log1p(n) - np.log1p(0.2 * of) for n, of in ((0, 3), (1, 2), (0, 2), (1, 3))]
    assert facts(data, "trend_20") == pytest.approx([*expected, 0], abs=1e-6)


def test_what_the_takers_are_like(data):
    assert facts(data, "place")[:2] == pytest.approx(
        [np.mean([1 / 6, 1 / 6, 1 / 8]), np.mean([1 / 2, 7 / 8])]
    )
    assert facts(data, "takers_length")[0] == pytest.approx(np.mean(np.log1p([3, 3, 4])))


def test_values_are_relative_to_the_log_and_0_without_one(data):
    mean = np.mean([5, 3, 5, 1, 5, 3, 3, 3, 3])
    assert facts(data, "value") == pytest.approx([5 - mean, 3 - mean, 1 - mean, 3 - mean, 0])
    bare = random_dataset()
    assert not any(facts(bare, "value"))


def test_a_scaled_clock_and_a_later_one_change_nothing(data):
    later = replace(data.log, times=data.log.times * 3600 + 10**9)
    np.testing.assert_array_equal(
        ItemFacts.of(data).values, ItemFacts.of(data.with_log(later)).values
    )


def test_new_items_are_cold(data):
    wide = ItemFacts.of(data).widened(7).values
    np.testing.assert_array_equal(wide[:5], ItemFacts.of(data).values)
    assert wide[5:, FACT["cold"]].tolist() == [1, 1]
    assert wide[5:, FACT["people"]].tolist() == [0, 0]


def features(data, query, items, scores=(3.0, 1.0)):
    terms = np.array([[1.0, 0.5], [0.0, 2.0]], dtype=np.float32)
    categories = Categories.of(category_matrix(CATEGORIES))
    return features_of(
        terms,
        np.array(scores, dtype=np.float32),
        query,
        np.array(items, dtype=np.int32),
        ItemFacts.of(data),
        categories,
    )


def column(found, name):
    at = found.shape[1] - len(FEATURES) + [feature.name for feature in FEATURES].index(name)
    return found[:, at].tolist()


def test_features_of_the_person_and_of_the_pair(data):
    found = features(data, Query.of([0, 1]), [3, 2])
    assert found.shape == (2, 2 + len(FEATURES))
    people = np.log1p([3, 2])
    assert column(found, "below_best") == [0, -2]
    assert column(found, "history") == pytest.approx([np.log(3)] * 2)
    assert column(found, "history_people") == pytest.approx([people.mean()] * 2)
    assert column(found, "history_spread") == pytest.approx([people.std()] * 2)
    assert column(found, "more_people") == pytest.approx(np.log1p([3, 2]) - people.mean())
    assert column(found, "agreeing") == [2, 1]
    assert column(found, "categories") == pytest.approx([0, 0.25])


@pytest.mark.parametrize("query", [Query.of([]), Query.of([3]), Query.of([4, 4])])
def test_features_are_finite_for_little_known_people(data, query):
    assert np.isfinite(features(data, query, [4, 0])).all()


def test_an_empty_log_has_facts():
    assert np.isfinite(ItemFacts.of(dataset([], 3, n_users=2)).values).all()


def test_every_feature_has_a_name_of_its_own_and_a_meaning():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    assert all(feature.meaning for feature in FEATURES)
    assert not {feature.name for feature in FEATURES} & set(SCORERS)


def test_every_meaning_can_be_read_alone():
    meanings = {feature.meaning for feature in FEATURES}
    assert len(meanings) == len(FEATURES)
    unclear = re.compile(r"\b(the same|as the next|its deviation)\b")
    assert not [text for text in meanings if unclear.search(text)]
    newest = next(each for each in FEATURES if each.name == "latest_people")
    assert f" {LATEST} newest" in newest.meaning
