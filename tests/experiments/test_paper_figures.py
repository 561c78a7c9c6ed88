from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data.types import Query
from recommender.experiments.paper_data import Arrangement, histories
from recommender.experiments.paper_figures import Evaluator, chance, text_diversity
from recommender.experiments.synthetic import SyntheticLog, synthetic
from tests.engine.builders import random_dataset


def fixed(*lists):
    return lambda requests: [np.array(items, dtype=np.int32) for items in lists]


@pytest.fixture
def two_people():
    train = random_dataset(n_users=2, n_items=300, n_events=60)
    relevant = [np.array([200, 201], dtype=np.int32), np.array([250], dtype=np.int32)]
    everything = np.ones(300, dtype=bool)
    return Arrangement(train, [Query.of([0]), Query.of([1])], relevant, [everything] * 2, None)


def test_precision_hit_rate_and_recall_by_hand(two_people):
    figures = Evaluator(two_people, 0).figures(fixed([200, 5, 201], [6, 7]))
    assert figures["precision"] == pytest.approx((0.2 + 0) / 2)
    assert figures["hit_rate"] == 0.5
    assert figures["recall"] == pytest.approx((1 + 0) / 2)


def test_the_lenient_evaluation_allows_one_held_out_item_and_99_others(two_people):
    seen = []

    def lister(requests):
        seen.append([np.flatnonzero(request.allowed) for request in requests])
        return [np.empty(0, dtype=np.int32) for _ in requests]

    Evaluator(two_people, 0).figures(lister)
    for crowd, query, relevant in zip(
        seen[1], two_people.queries, two_people.relevant, strict=True
    ):
        assert len(crowd) == 100
        assert len(np.intersect1d(crowd, relevant)) == 1
        assert not np.intersect1d(crowd, query.history).size


def test_chance_is_a_tenth_by_the_lenient_figure_and_almost_nothing_by_the_other():
    asked = histories(
        synthetic(SyntheticLog(people=300, items=1500, topics=10), 0), np.random.default_rng(0)
    )
    figures = Evaluator(asked, 0).figures(chance(0))
    assert figures["lenient_hit_rate"] == pytest.approx(0.1, abs=0.05)
    assert figures["precision"] < 0.02


def test_random_lists_have_allowed_new_items_only(two_people):
    requests = Evaluator(two_people, 0).requests(two_people.allowed, {})
    for query, given in zip(two_people.queries, chance(0)(requests), strict=True):
        assert len(given) == 10
        assert not np.intersect1d(given, query.history).size


def test_diversity_is_one_without_a_common_word_and_zero_for_equals():
    words = sp.csr_matrix(np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32))
    assert text_diversity([np.array([0, 1])], words) == pytest.approx(1)
    assert text_diversity([np.array([0, 2])], words) == pytest.approx(0)
    assert text_diversity([np.array([0, 1, 2])], words) == pytest.approx(2 / 3)
    assert np.isnan(text_diversity([np.array([0, 1])], sp.csr_matrix((3, 2), dtype=np.float32)))
