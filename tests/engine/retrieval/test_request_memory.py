"""What a request allocates in a catalogue of a million items."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.pipeline import Request
from tests.engine import synthetic

N = 1_000_000
MOST = 2 * 2**20


@pytest.fixture(scope="module")
def recommender():
    return synthetic.recommender(N, per_row=40)


@pytest.fixture
def query():
    return Query.of(np.random.default_rng(1).choice(N, 50, replace=False))


def allocated(call):
    """Bytes at the peak of a call; a call before it pays for what is made once a model."""
    call()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("share", [None, 0.5, 0.005])
def test_a_list_of_a_million_items_allocates_two_mebibytes(recommender, query, share):
    allowed = None if share is None else np.random.default_rng(2).random(N) < share
    made = []

    def ask():
        request = Request(query, 24, diversity=0.2, allowed=allowed)
        scored = recommender.score_query(request)
        places = scored.recommend(request).ranked_items
        scored.explain([(request, [place.item for place in places])])
        made.append(len(places))

    assert allocated(ask) <= MOST
    assert made == [24, 24]


def test_a_person_without_a_history_costs_no_more(recommender):
    assert allocated(lambda: recommender.recommend(Request(Query.of([]), 24))) <= MOST


def test_similar_items_cost_no_more(recommender):
    def ask():
        scored = recommender.score_neighbours(5, 12)
        scored.recommend(Request(scored.query, 12))

    assert allocated(ask) <= MOST
