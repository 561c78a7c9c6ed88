from __future__ import annotations

import numpy as np

from recommender.engine.data.types import Query
from recommender.engine.tuning.validation import hold_back, is_ordinal, shape_of
from tests.engine.builders import dataset

DAY = 86_400


def rng():
    return np.random.default_rng(0)


def everlasting(n_users=40, n_items=30, each=10):
    """All people are active at all times, so on both sides of every instant."""
    events = [(user, (user + step) % n_items) for step in range(each) for user in range(n_users)]
    return dataset(events, n_items, times=[DAY * (at // n_users) + at for at in range(len(events))])


def bursts(n_users=50, each=6):
    """Each person is active on one day."""
    events = [(user, item) for user in range(n_users) for item in range(each)]
    return dataset(events, each + 1, times=[DAY * user + item for user, item in events])


def ordinals(n_users=30, each=5):
    events = [(user, (user + step) % 20) for step in range(each) for user in range(n_users)]
    return dataset(events, 20, times=[at // n_users + 1 for at in range(len(events))])


def test_with_people_on_both_sides_the_log_is_cut_at_one_instant():
    validation = hold_back(everlasting(), rng())
    assert validation.shape == "time"
    assert len(validation) == 40
    assert validation.train.log.times.max() <= np.quantile(everlasting().log.times, 0.8)


def test_positions_are_ordinal_times():
    assert is_ordinal(ordinals())
    assert not is_ordinal(everlasting())
    assert shape_of(ordinals()) == "last"


def test_for_people_of_one_day_the_last_items_are_held_out():
    assert shape_of(bursts()) == "last"


def test_if_all_people_are_served_the_last_items_are_held_out():
    data = everlasting()
    later = data.with_log(data.log.take((data.log.users < 30) | (data.log.times < DAY * 4)))
    assert shape_of(later, np.arange(40, dtype=np.int32)) == "last"
    assert shape_of(later, np.arange(30, dtype=np.int32)) == "time"
    assert shape_of(later) == "time"


def test_held_out_items_are_not_in_training_and_new_to_the_person():
    for data in (everlasting(), bursts(), ordinals()):
        validation = hold_back(data, rng())
        for owner, query, right in zip(
            validation.owners, validation.queries, validation.relevant, strict=True
        ):
            assert len(query)
            assert len(right)
            assert not set(right.tolist()) & set(query.history.tolist())
            trained = set(validation.train.log.items[validation.train.log.users == owner].tolist())
            assert not set(right.tolist()) & trained


def test_each_question_has_the_whole_history_before_its_item():
    data = dataset([(0, item) for item in range(12)], 12, times=[1] + [2] * 11)
    validation = hold_back(data, rng())
    assert [right.tolist() for right in validation.relevant] == [[10], [11]]
    assert validation.queries[1].history.tolist() == list(range(11))
    assert len(validation.train.log) == 10


def test_a_repeated_item_is_at_its_last_position():
    data = dataset([(0, 1), (0, 2), (0, 1), (0, 3)], 5, times=[1, 1, 1, 1])
    (query,) = hold_back(data, rng()).queries
    assert query.history.tolist() == [2, 1]
    assert isinstance(query, Query)


def test_only_served_people_have_questions():
    served = np.array([2, 3, 5], dtype=np.int32)
    assert set(hold_back(ordinals(), rng(), serve_users=served).owners.tolist()) == {2, 3, 5}


def test_questions_are_limited_and_equal_for_equal_seeds():
    first, second = (hold_back(ordinals(), rng(), most=7) for _ in range(2))
    assert len(first) == 7
    assert first.owners.tolist() == second.owners.tolist()


def test_an_empty_log_has_no_questions():
    assert len(hold_back(dataset([], 5, n_users=3), rng())) == 0
    assert len(hold_back(dataset([(0, 1), (1, 2)], 5), rng())) == 0
