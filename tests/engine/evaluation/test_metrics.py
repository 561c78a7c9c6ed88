from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data import head_tail
from recommender.engine.evaluation import metrics

LISTS = [np.array([3, 1, 0]), np.array([2]), np.array([], dtype=np.int32), np.array([0, 1])]
RELEVANT = [np.array([0, 3]), np.array([1, 2, 3, 4]), np.array([4]), np.array([], dtype=np.int32)]
LOG2_3, LOG2_4 = np.log2(3), 2.0


def test_ndcg_counts_discounted_hits_over_the_reachable_ideal():
    first = (1 + 1 / LOG2_4) / (1 + 1 / LOG2_3)
    second = 1 / (1 + 1 / LOG2_3 + 1 / LOG2_4)
    assert metrics.ndcg(LISTS, RELEVANT, k=3) == pytest.approx((first + second + 0) / 3)


def test_recall_is_capped_at_the_length_of_the_list():
    assert metrics.recall(LISTS, RELEVANT, k=3) == pytest.approx((2 / 2 + 1 / 3 + 0) / 3)


def test_people_without_relevant_items_are_not_counted():
    assert np.isnan(metrics.recall_by_person(LISTS, RELEVANT, 3)).tolist() == [
        False,
        False,
        False,
        True,
    ]
    assert np.isnan(metrics.ndcg(LISTS[3:], RELEVANT[3:]))


def test_only_the_first_k_items_count():
    assert metrics.recall([np.array([5, 3])], [np.array([3])], k=1) == 0


def test_coverage_tail_share_and_novelty_by_hand():
    counts = np.array([5, 3, 1, 0, 0])
    head = np.array([True, False, False, False, False])
    assert metrics.coverage(LISTS, 5) == 4 / 5
    assert metrics.tail_share(LISTS, head) == pytest.approx(4 / 6)
    bits = -np.log2((counts + 0.5) / 11.5)
    assert metrics.novelty(LISTS, counts) == pytest.approx(bits[[3, 1, 0, 2, 0, 1]].mean())


def test_gini_is_zero_for_even_exposure_and_grows_with_concentration():
    assert metrics.gini([np.array([0, 1, 2, 3])], 4) == 0
    assert metrics.gini([np.array([2])] * 5, 4) == pytest.approx(0.75)
    assert metrics.gini([], 4) == 0


def test_category_diversity_counts_pairs_of_labelled_items():
    categories = [("a",), ("a", "b"), (), ("c",), ("b", "")]
    lists = [np.array([0, 1, 2, 3]), np.array([1, 4]), np.array([2])]
    # 0-1 share a; 0-3 and 1-3 share nothing; 1-4 share b; 2 has no category
    assert metrics.category_diversity(lists, categories) == pytest.approx(2 / 4)


def test_exposure_is_counted_by_provider_too():
    providers = np.array([0, 0, 1, -1])
    assert metrics.provider_gini([np.array([0, 2]), np.array([3])], providers) == 0
    assert metrics.provider_gini([np.array([0, 1]), np.array([3])], providers) == pytest.approx(0.5)
    assert metrics.provider_gini([np.array([3])], providers) == 0
    assert np.isnan(metrics.provider_gini([np.array([3])], np.full(4, -1)))


def test_miscalibration_is_the_mean_over_people_with_a_mix():
    categories = [("a",), ("b",), ()]
    histories = sp.csr_matrix(np.array([[1, 1, 0], [2, 0, 0], [0, 0, 1]]))
    lists = [np.array([0, 1]), np.array([0, 2]), np.array([1])]
    assert metrics.miscalibration(lists, histories, categories) == pytest.approx(
        np.log(1 / (0.99 / 2 + 0.01)) / 2
    )
    assert np.isnan(metrics.miscalibration(lists[2:], histories[2:], categories))


def test_metrics_of_empty_lists_are_nan():
    assert np.isnan(metrics.tail_share([], np.zeros(3, dtype=bool)))
    assert np.isnan(metrics.novelty([np.array([], dtype=int)], np.ones(3)))
    assert np.isnan(metrics.category_diversity([], [("a",)]))


def test_the_head_is_a_fifth_of_the_items_in_training():
    counts = np.array([0, 9, 1, 8, 1, 1, 1, 1, 1, 1, 1, 0])
    assert np.flatnonzero(head_tail.head_items(counts)).tolist() == [1, 3]


def test_head_ties_go_to_the_item_seen_first():
    log = np.array([4, 2, 0, 1, 3])
    seen = head_tail.first_seen(log, 6)
    assert seen.tolist() == [2, 3, 1, 4, 0, 5]
    assert np.flatnonzero(head_tail.head_items(np.array([1, 1, 1, 1, 1, 0]), seen)).tolist() == [4]


def test_an_interval_contains_the_mean_and_ignores_nan():
    values = np.r_[np.random.default_rng(1).random(200), np.nan]
    low, high = metrics.bootstrap_interval(values)
    assert low < np.nanmean(values) < high
    assert np.isnan(metrics.bootstrap_interval(np.array([np.nan]))).all()


def test_an_interval_resamples_people(monkeypatch):
    """The same result as by hand, whatever the batch size is."""
    values, rng = np.random.default_rng(1).random(30), np.random.default_rng(5)
    means = [values[rng.integers(0, 30, 30)].mean() for _ in range(40)]
    for at_once in (1, 70, 10_000):
        monkeypatch.setattr(metrics, "DRAWN_AT_ONCE", at_once)
        interval = metrics.bootstrap_interval(values, resamples=40, seed=5)
        np.testing.assert_allclose(interval, np.quantile(means, [0.025, 0.975]))


def test_an_interval_of_a_ratio_draws_pairs():
    before = np.random.default_rng(2).integers(1, 9, 60).astype(float)
    halved = metrics.bootstrap_interval(
        before, before / 2, statistic=lambda b, a, axis: a.sum(axis) / b.sum(axis)
    )
    np.testing.assert_allclose(halved, [0.5, 0.5])


def test_an_interval_leaves_out_entries_with_nan_in_any_sample():
    first, second = np.array([1.0, 2.0, np.nan, 9.0]), np.array([1.0, 2.0, 5.0, np.nan])
    low, high = metrics.bootstrap_interval(
        first, second, statistic=lambda one, other, axis: np.mean(one, axis)
    )
    assert (low, high) == (1.0, 2.0)


def test_the_interval_of_one_value_is_that_value():
    assert metrics.bootstrap_interval(np.array([0.25, np.nan])) == (0.25, 0.25)
