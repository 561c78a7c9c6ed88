from __future__ import annotations

import itertools

import numpy as np

from recommender.engine.scorers.sequential.batches import (
    TrainingHistories,
    batches,
    cut,
    epochs_within,
    held_out_ndcg,
    split_histories,
    steps_within,
)
from recommender.engine.scorers.sequential.params import SequenceParams
from tests.engine.builders import dataset, random_dataset

PARAMS = SequenceParams(latest=8)
DATA = random_dataset(n_users=300, n_items=40, n_events=4000)


def nothing(rng):
    return np.zeros(0, np.int32)


def pairs_of(windows):
    return sorted(
        (int(one), int(next_)) for window in windows for one, next_ in itertools.pairwise(window)
    )


def test_windows_have_every_step_once():
    windows = cut(np.arange(20), 8)
    assert all(2 <= len(window) <= 9 for window in windows)
    assert pairs_of(windows) == [(item, item + 1) for item in range(19)]


def test_a_history_of_one_item_has_no_window():
    assert (
        split_histories(dataset([(0, 3), (1, 2)], 5), PARAMS, np.random.default_rng(0)).windows
        == []
    )


def test_held_out_items_are_not_trained_on():
    histories = split_histories(DATA, PARAMS, np.random.default_rng(0))
    assert len(histories.held_out) == 30
    steps = sum(max(0, len(DATA.query(user)) - 1) for user in range(DATA.n_users))
    assert sum(len(window) - 1 for window in histories.windows) == steps - 30


def test_with_too_few_users_nothing_is_held_out():
    histories = split_histories(random_dataset(), PARAMS, np.random.default_rng(0))
    assert len(histories.held_out) == 0
    assert held_out_ndcg(np.zeros((0, 40), np.float32), histories) == 0


def test_batches_have_every_step_once():
    histories = split_histories(DATA, PARAMS, np.random.default_rng(0))
    made = list(batches(histories.windows, nothing, PARAMS, np.random.default_rng(1)))
    assert len(made) == steps_within(histories, PARAMS)
    steps = [
        (int(batch.items[row, at]), int(batch.items[row, at + 1]))
        for batch in made
        for row, at in zip(*np.nonzero(batch.real), strict=True)
    ]
    assert sorted(steps) == pairs_of(histories.windows)


def test_a_small_log_has_small_batches():
    histories = split_histories(DATA, PARAMS, np.random.default_rng(0))
    assert all(
        batch.items.size <= 2 * 128
        for batch in batches(histories.windows, nothing, PARAMS, np.random.default_rng(1))
    )


def test_the_budget_counts_predicted_items():
    histories = TrainingHistories([np.arange(11)] * 10, [], np.zeros(0, np.int32))
    assert epochs_within(histories, SequenceParams(max_positions=350)) == 3
    assert epochs_within(histories, SequenceParams(max_positions=10)) == 1
    assert epochs_within(histories, SequenceParams(max_positions=10**9, max_epochs=4)) == 4


def test_held_out_ndcg_ranks_among_new_items_only():
    histories = TrainingHistories([], [np.array([0])], np.array([2]))
    assert held_out_ndcg(np.array([[9.0, 5.0, 4.0, 1.0]], np.float32), histories) == 1 / np.log2(3)
    assert held_out_ndcg(np.array([[9.0, 3.0, 4.0, 1.0]], np.float32), histories) == 1
