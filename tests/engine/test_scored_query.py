from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.pipeline import Recommender, Request, component_of
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from tests.engine.builders import random_dataset
from tests.engine.lists import explain, similar

STATED_PREFERENCES = [
    {"n": 8},
    {"n": 5, "only_tail": True},
    {"n": 5, "tail": 0.8, "diversity": 0.3},
]


@pytest.fixture(scope="module")
def data():
    return random_dataset(n_items=60)


@pytest.fixture(scope="module")
def recommender(data):
    hybrid = Hybrid(
        [ItemKnn(), Words()], Blend({"item_knn": 1.0, "words": 0.5}, popularity_penalty=0.01)
    )
    return Recommender.of(hybrid.fit(data, np.random.default_rng(0)), data)


def test_its_lists_and_reasons_are_those_of_single_requests(data, recommender):
    request = Request(data.query(3), n=8)
    scored_query = recommender.score_query(request)
    requests = [replace(request, **fields) for fields in STATED_PREFERENCES]
    lists = [scored_query.recommend(each).ranked_items for each in requests]
    assert lists == [recommender.recommend(each).ranked_items for each in requests]
    asked = [
        (each, [place.item for place in places])
        for each, places in zip(requests, lists, strict=True)
    ]
    assert scored_query.explain(asked) == [
        explain(recommender, each, *items) for each, items in asked
    ]


def test_the_catalogue_is_scored_once_for_all_lists(data, recommender, monkeypatch):
    calls = []
    score = recommender.scorer.score
    monkeypatch.setattr(
        recommender.scorer, "score", lambda query, items=None: calls.append(query) or score(query)
    )
    request = Request(data.query(3), n=8)
    scored_query = recommender.score_query(request)
    for fields in STATED_PREFERENCES:
        scored_query.recommend(replace(request, **fields))
    scored_query.unexpected(request)
    assert len(calls) == 1


def test_what_is_different_is_far_from_the_history_and_filled_with_nothing_near(data, recommender):
    request = Request(data.query(3), n=10)
    near = component_of(recommender.scorer, Words).score(request.query)
    places = recommender.score_query(request).unexpected(request).ranked_items
    assert places
    assert all(place.sources[0] == "different" for place in places)
    assert max(near[place.item] for place in places) <= np.quantile(near[~np.isnan(near)], 1 / 3)
    assert not {place.item for place in places} & set(request.query.history.tolist())


def test_it_serves_nobody_else(data, recommender):
    request = Request(data.query(3), n=8)
    with pytest.raises(ValueError, match="the query that it was made for"):
        recommender.score_query(request).recommend(Request(Query.of([0])))


def test_neighbours_are_explained_by_the_item(data, recommender):
    scored = recommender.score_neighbours(4, 5)
    request = Request(scored.query, 5)
    near = [ranked.item for ranked in scored.recommend(request).ranked_items]
    assert near == [ranked.item for ranked in similar(recommender, 4, 5).ranked_items]
    [contributions] = scored.explain([(request, [*near, 7])])
    assert len(contributions) == len(near) + 1
    assert all({each.item for each in of_item} & {4} for of_item in contributions[:-1])
