from __future__ import annotations

import pytest

from recommender.engine.data.types import Query
from recommender.engine.scorers.popularity import Popularity, PopularityParams, RecentPopularity
from tests.engine.builders import dataset
from tests.engine.scorers.worlds import best, fitted

OLD_AND_NEW = dataset([(user, 0) for user in range(60)] + [(user, 1) for user in range(25)], 3)


def test_over_all_time_the_most_taken_item_is_first():
    assert best(fitted(Popularity(), OLD_AND_NEW), []) == [0]


def test_with_a_half_life_the_new_favourite_is_first():
    assert best(fitted(RecentPopularity(), OLD_AND_NEW), []) == [1]


def test_an_interaction_counts_half_after_its_half_life():
    data = dataset([(0, 0), (1, 1)], 2)
    scores = fitted(Popularity(PopularityParams(half_life=0.5)), data).score(Query.of([]))
    assert scores.tolist() == pytest.approx([0.5, 1.0])


def test_interactions_of_one_time_are_equally_old():
    data = dataset([(0, 0), (1, 1), (2, 0)], 2, times=[7, 7, 7])
    assert fitted(RecentPopularity(), data).score(Query.of([])).tolist() == [2.0, 1.0]


def test_first_interactions_can_be_left_out():
    log = [(user, 0) for user in range(9)] + [(user, 1) for user in range(3)]
    params = PopularityParams(seasoned=1)
    assert fitted(Popularity(params), dataset(log, 2)).score(Query.of([])).tolist() == [0.0, 3.0]
