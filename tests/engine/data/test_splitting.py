from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.splitting import split_by_time, split_last
from tests.engine.builders import dataset, random_dataset

EVENTS = [(0, 0), (1, 0), (0, 1), (1, 2), (2, 3), (0, 2), (1, 0), (2, 3), (0, 4), (3, 4)]


def held_out(split):
    return {
        int(user): items.tolist() for user, items in zip(split.users, split.relevant, strict=True)
    }


def test_time_split_uses_one_instant_for_everybody():
    split = split_by_time(random_dataset(), share=0.2)
    cut = split.train.log.times.max()
    assert len(split.train.log) == round(0.8 * len(random_dataset().log))
    assert (random_dataset().log.times[len(split.train.log) :] > cut).all()


def test_time_split_holds_out_only_new_items_of_known_people():
    # the last half is (0,2) (1,0) (2,3) (0,4) (3,4):
    # person 1 had item 0, person 2 had item 3, person 3 is unknown
    assert held_out(split_by_time(dataset(EVENTS, 5), share=0.5)) == {0: [2, 4]}


def test_time_split_of_equal_times_has_nobody_to_evaluate():
    split = split_by_time(dataset(EVENTS, 5, times=[7] * len(EVENTS)))
    assert len(split) == 0
    assert split.relevant == []
    assert len(split.train.log) == len(EVENTS)


def test_last_split_holds_out_the_last_new_item_and_what_follows():
    split = split_last(dataset(EVENTS, 5))
    # person 1 took 0, 2 and 0 again: 2 is held out, and so is the later return to 0
    assert held_out(split) == {0: [4], 1: [2]}
    training = list(
        zip(split.train.log.users.tolist(), split.train.log.items.tolist(), strict=True)
    )
    assert training == [(0, 0), (1, 0), (0, 1), (2, 3), (0, 2), (2, 3), (3, 4)]


@pytest.mark.parametrize("cut", [split_by_time, split_last])
def test_held_out_items_are_not_in_the_training_history(cut):
    split = cut(random_dataset(seed=3))
    assert len(split) > 10
    for user, relevant in zip(split.users, split.relevant, strict=True):
        history = split.train.query(int(user)).history
        assert len(relevant)
        assert len(history)
        assert not np.intersect1d(relevant, history).size


@pytest.mark.parametrize("cut", [split_by_time, split_last])
def test_sampling_people_does_not_change_training_and_follows_the_seed(cut):
    whole = cut(random_dataset())
    few, again = (
        cut(random_dataset(), max_users=5, rng=np.random.default_rng(1)) for _ in range(2)
    )
    assert len(few) == 5
    assert few.users.tolist() == again.users.tolist()
    assert set(few.users) < set(whole.users)
    assert len(few.train.log) == len(whole.train.log)
    assert all(held_out(few)[user] == held_out(whole)[user] for user in few.users)


@pytest.mark.parametrize("cut", [split_by_time, split_last])
def test_an_empty_log_has_nobody_to_evaluate(cut):
    split = cut(dataset([], 3, n_users=2))
    assert len(split) == 0
    assert split.relevant == []
