from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.pipeline import Recommender, Request, part_of
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.hybrid import Blend, Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from tests.engine.builders import random_dataset

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
    requests = [replace(request, **wish) for wish in STATED_PREFERENCES]
    lists = [scored_query.recommend(each).places for each in requests]
    assert lists == [recommender.recommend(each).places for each in requests]
    asked = [
        (each, [place.item for place in places])
        for each, places in zip(requests, lists, strict=True)
    ]
    assert scored_query.explain(asked) == [
        recommender.explain_many(each, items) for each, items in asked
    ]


def test_the_catalogue_is_scored_once_for_all_lists(data, recommender, monkeypatch):
    calls = []
    score = recommender.scorer.score
    monkeypatch.setattr(
        recommender.scorer, "score", lambda query, items=None: calls.append(query) or score(query)
    )
    request = Request(data.query(3), n=8)
    scored_query = recommender.score_query(request)
    for wish in STATED_PREFERENCES:
        scored_query.recommend(replace(request, **wish))
    scored_query.different(request)
    assert len(calls) == 1


def test_what_is_different_is_far_from_the_history_and_filled_with_nothing_near(data, recommender):
    request = Request(data.query(3), n=10)
    near = part_of(recommender.scorer, Words).score(request.query)
    places = recommender.score_query(request).different(request).places
    assert places
    assert all(place.sources[0] == "different" for place in places)
    assert max(near[place.item] for place in places) <= np.quantile(near[~np.isnan(near)], 1 / 3)
    assert not {place.item for place in places} & set(request.query.history.tolist())


def test_it_serves_nobody_else(data, recommender):
    request = Request(data.query(3), n=8)
    with pytest.raises(ValueError, match="whom it was opened for"):
        recommender.score_query(request).recommend(Request(Query.of([0])))


def test_what_relates_the_places_near_an_item_to_it_is_told_with_them(data, recommender):
    places, parts = recommender.similar_explained(4, 5, also=[7])
    assert places.places == recommender.similar(4, 5).places
    assert len(parts) == len(places.places) + 1
    assert all({part.item for part in of_place} & {4} for of_place in parts[:-1])
