from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.runtime import size
from recommender.engine.tuning import slices
from recommender.engine.tuning.slices import CUTS, FEWEST_QUESTIONS, nested_slices
from tests.engine.builders import dataset
from tests.engine.tuning.logs import bursts, everlasting, ordinals


def rng():
    return np.random.default_rng(0)


def test_slices_of_real_times_are_cut_at_earlier_and_earlier_instants():
    data = everlasting()
    slices = nested_slices(data, rng())
    assert [one.shape for one in slices] == ["time"] * 4
    for one, cut in zip(slices, CUTS, strict=True):
        assert one.train.log.times.max() <= np.quantile(data.log.times, cut)
    sizes = [len(one.train.log) for one in slices]
    assert sizes == sorted(sizes, reverse=True)


def test_slices_of_ordinal_times_are_each_persons_last_items():
    data = ordinals()
    slices = nested_slices(data, rng())
    assert [one.shape for one in slices] == ["last"] * 4
    for step, one in enumerate(slices, start=1):
        for owner, right in zip(one.owners, one.relevant, strict=True):
            own = data.log.items[data.log.users == owner]
            assert right.tolist() == [own[-step]]


@pytest.mark.parametrize("data", [everlasting(), bursts(), ordinals()])
def test_held_out_items_are_not_in_training_and_new_to_the_person(data):
    slices = nested_slices(data, rng())
    assert slices
    for one in slices:
        for owner, query, right in zip(one.owners, one.queries, one.relevant, strict=True):
            assert len(query)
            assert len(right)
            assert not set(right.tolist()) & set(query.history.tolist())
            trained = set(one.train.log.items[one.train.log.users == owner].tolist())
            assert not set(right.tolist()) & trained


def test_only_served_people_have_questions():
    served = np.arange(FEWEST_QUESTIONS + 1, dtype=np.int32)
    slices = nested_slices(ordinals(n_users=60), rng(), serve_users=served)
    assert slices
    for one in slices:
        assert set(one.owners.tolist()) <= set(served.tolist())


def test_questions_are_limited_and_equal_for_equal_seeds():
    data = ordinals(n_users=200)
    first, second = (nested_slices(data, rng(), most=40) for _ in range(2))
    assert [len(one) for one in first] == [40, 40, 40]
    assert [one.owners.tolist() for one in first] == [one.owners.tolist() for one in second]


def test_a_fourth_moment_is_asked_only_where_three_are_not_full():
    data = ordinals(n_users=60)
    assert len(nested_slices(data, rng(), most=60)) == 3
    assert len(nested_slices(data, rng(), most=61)) == 4


def test_a_slice_with_too_few_questions_is_not_used():
    assert nested_slices(dataset([], 5, n_users=3), rng()) == []
    assert nested_slices(dataset([(0, 1), (1, 2)], 5), rng()) == []
    # everybody has three items, so that nobody has a third last one with something before it
    short = ordinals(n_users=FEWEST_QUESTIONS + 5, each=3)
    assert len(nested_slices(short, rng())) == 2


@pytest.mark.parametrize("data", [everlasting(), bursts(), ordinals()])
def test_an_item_that_came_after_a_slice_is_no_candidate_of_it(data):
    newest_first = nested_slices(data, rng())
    assert newest_first[0].later is not None
    assert not newest_first[0].later.any()
    for one in newest_first:
        assert not one.later[np.concatenate(one.relevant)].any()
        assert not one.later[one.train.counts > 0].any()


def test_items_come_when_they_are_first_taken_in_the_whole_log():
    first = [(user, (user + step) % 10) for step in range(10) for user in range(40)]
    then = [(user, 10 + (user + step) % 5) for step in range(3) for user in range(40)]
    events = first + then
    data = dataset(events, 16, times=[1000 * (at // 40) + at for at in range(len(events))])
    oldest = nested_slices(data, rng())[-1]
    assert np.flatnonzero(oldest.later).tolist() == [10, 11, 12, 13, 14]  # 15 was never taken
    part = data.with_log(data.log.take(data.log.items < 10))
    assert not nested_slices(part, rng())[-1].later.any()
    assert nested_slices(part, rng(), whole=data)[0].later[10:15].all()


def test_a_large_catalogue_has_two_slices_with_all_their_questions(monkeypatch):
    monkeypatch.setattr(size, "LARGE", 0)
    monkeypatch.setattr(slices, "LARGE_QUESTIONS", 35)
    found = nested_slices(everlasting(), rng())
    assert [len(one) for one in found] == [35, 35]
