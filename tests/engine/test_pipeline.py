from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from recommender.engine import pipeline
from recommender.engine.data.categories import Categories
from recommender.engine.data.errors import DataError
from recommender.engine.data.providers import seldom_met
from recommender.engine.data.types import Query
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking.reranking import category_likeness
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from tests.engine.builders import random_dataset
from tests.engine.fakes import Fixed, Together
from tests.engine.lists import explain, similar

NAN = float("nan")


@pytest.fixture(scope="module")
def data():
    return random_dataset()


@pytest.fixture(scope="module")
def recommender(data):
    return Recommender.of(Together().fit(data, np.random.default_rng(0)), data)


def items(recommendation):
    return [place.item for place in recommendation.ranked_items]


def fixed(scores, counts=None, head=(), components=(), recent=None):
    n = len(scores)
    return Recommender(
        Fixed(scores, components=components),
        np.arange(n, 0, -1, dtype=np.int32)
        if counts is None
        else np.asarray(counts, dtype=np.int32),
        np.isin(np.arange(n), head),
        None if recent is None else np.asarray(recent, dtype=np.float32),
    )


def test_without_options_the_list_is_in_the_scorers_order(data, recommender):
    for user in range(20):
        query = data.query(user)
        scores = recommender.scorer.score(query).astype(float)
        scores[query.history] = NAN
        order = [i for i in np.argsort(-scores, kind="stable") if not np.isnan(scores[i])]
        assert items(recommender.recommend(Request(query))) == order[:10]


def test_the_scorers_best_items_survive_when_candidates_are_fewer_than_items(monkeypatch):
    monkeypatch.setattr(pipeline, "DEPTH", 5)
    monkeypatch.setattr(pipeline, "SIDE_DEPTH", 2)
    scores = np.random.default_rng(0).permutation(100)
    best = np.argsort(-scores).tolist()
    wide = fixed(scores, head=best[:20])
    assert items(wide.recommend(Request(Query.of([best[0]]), n=12))) == best[1:13]


@pytest.fixture(scope="module")
def large():
    """4,000 items and what scores them."""
    data = random_dataset(n_users=300, n_items=4000, n_events=6000)
    blend = Blend({"item_knn": 1.0, "words": 0.5, "popularity": 0.1}, tail_bonus=0.1)
    scorer = Hybrid([ItemKnn(), Words(), Popularity()], blend)
    return data, scorer.fit(data, np.random.default_rng(1))


@pytest.mark.parametrize("share", [0.5, 0.05, 0.005])
def test_a_filter_holds_before_the_candidates_are_cut(monkeypatch, large, share):
    """The list is full where enough items qualify, and the same as from all that qualify."""
    data, scorer = large
    rng, n = np.random.default_rng(1), data.n_items
    requests = [
        Request(data.query(user), allowed=rng.random(n) < share)
        for user in range(0, data.n_users, 20)
        if len(data.query(user))
    ]
    found = [items(Recommender.of(scorer, data).recommend(request)) for request in requests]
    for name in ("DEPTH", "SIDE_DEPTH"):
        monkeypatch.setattr(pipeline, name, n)
    exhaustive = [items(Recommender.of(scorer, data).recommend(request)) for request in requests]
    for request, own, whole in zip(requests, found, exhaustive, strict=True):
        qualify = np.flatnonzero(request.allowed)
        left = set(qualify.tolist()) - set(request.query.history.tolist())
        assert len(own) == min(request.n, len(left))
        assert set(own) <= left
        assert len(set(own) & set(whole)) >= 0.95 * len(whole)


def test_seen_excluded_and_disallowed_items_stay_out():
    scored = fixed([9, 8, 7, 6, 5, 4])
    allowed = np.array([1, 1, 1, 1, 0, 1], dtype=bool)
    request = Request(Query.of([1]), exclude=np.array([0]), allowed=allowed)
    assert items(scored.recommend(request)) == [2, 3, 5]
    assert allowed.tolist() == [True, True, True, True, False, True]


def test_only_tail_leaves_the_head_out_even_of_the_fallback():
    scored = fixed([9, 8, 7, NAN], head=[0, 3])
    assert items(scored.recommend(Request(Query.of([1]), only_tail=True))) == [2]
    assert items(scored.recommend(Request(Query.of([]), only_tail=True))) == [1, 2]


def test_sources_name_the_generators_that_brought_the_item():
    scored = fixed(
        [9, 8, 7, 6], head=[1], components=(Fixed([0, 0, 0, 9], "words"),), recent=[0, 5, 0, 0]
    )
    places = scored.recommend(Request(Query.of([0]), n=3)).ranked_items
    assert places[0].sources == ("history", "text", "recent_popularity")
    assert "tail" in places[1].sources


def test_a_person_without_history_gets_recent_popularity_by_name():
    scored = fixed([9, 8, 7], recent=[1, 3, 2])
    recommendation = scored.recommend(Request(Query.of([])))
    assert items(recommendation) == [1, 2, 0]
    assert recommendation.fallback == "recent_popularity"
    assert recommendation.ranked_items[0].sources == ("recent_popularity",)


def test_a_history_that_tells_nothing_gets_a_named_fallback():
    assert fixed([NAN] * 3).recommend(Request(Query.of([0]))).fallback == "popular"


def test_a_short_personal_list_is_filled_with_what_is_popular():
    recommendation = fixed([1, NAN, NAN, 2, NAN], counts=[1, 2, 3, 4, 5]).recommend(
        Request(Query.of([0]), n=3)
    )
    assert items(recommendation) == [3, 4, 2]
    assert recommendation.fallback is None
    assert recommendation.ranked_items[1].sources == ("popular",)


def test_nothing_allowed_is_an_empty_list_with_a_name(recommender):
    nothing = np.zeros(recommender.n_items, dtype=bool)
    recommendation = recommender.recommend(Request(Query.of([0]), allowed=nothing))
    assert recommendation.ranked_items == ()
    assert recommendation.fallback == "nothing_available"


def test_every_stage_leaves_its_trace():
    scored = Recommender(
        Fixed([3, 2, NAN, 1]),
        np.ones(4, dtype=np.int32),
        np.zeros(4, dtype=bool),
        clock=itertools.count(0, 0.5).__next__,
    )
    trace = scored.recommend(Request(Query.of([0]), n=2)).trace
    assert [(t.stage, t.items_in, t.items_out) for t in trace] == [
        ("candidates", 3, 3),
        ("ranking", 3, 2),
        ("reranking", 2, 2),
        ("fallback", 2, 2),
    ]
    assert [t.milliseconds for t in trace] == [500] * 4


def requests_of(data):
    allowed = np.arange(data.n_items) % 5 > 0
    for user in range(30):
        yield Request(data.query(user) if user % 6 else Query.of([]), n=5 + user % 3)
        yield Request(
            data.query(user),
            tail=0.7,
            min_tail_share=0.5,
            diversity=0.3,
            calibration=0.4,
            allowed=allowed,
        )
        yield Request(data.query(user), only_tail=True, exclude=np.array([1, 2]))


def test_many_are_served_the_same_lists(data, recommender):
    requests = list(requests_of(data))
    single = [items(recommender.recommend(request)) for request in requests]
    assert [items(r) for r in recommender.recommend_many(requests)] == single


def test_turning_the_dial_up_shows_less_popular_items(data, recommender):
    shares, people = [], []
    for tail in (0.0, 0.25, 0.5, 0.75, 1.0):
        lists = [
            items(recommender.recommend(Request(data.query(user), tail=tail)))
            for user in range(data.n_users)
        ]
        shares.append([float((~recommender.head[row]).mean()) for row in lists])
        people.append(np.mean([recommender.counts[row].mean() for row in lists]))
    assert (np.diff(np.array(shares), axis=0) >= 0).all()
    assert people[-1] < 0.7 * people[0]


def test_the_minimum_tail_share_holds(data, recommender):
    for user in range(20):
        listed = items(recommender.recommend(Request(data.query(user), min_tail_share=0.8)))
        assert (~recommender.head[listed]).sum() >= 8


def test_diversity_lowers_the_likeness_within_the_list(data, recommender):
    def shared(diversity):
        lists = [
            items(recommender.recommend(Request(data.query(u), diversity=diversity)))
            for u in range(20)
        ]
        return np.mean(
            [category_likeness(recommender.categories, np.array(row)).mean() for row in lists]
        )

    assert shared(0.6) < shared(0.0)


def test_calibration_brings_lists_to_the_mix_of_the_history(data, recommender):
    def divergence(calibration):
        queries = [data.query(user) for user in range(30)]
        lists = [
            items(recommender.recommend(Request(query, calibration=calibration)))
            for query in queries
        ]
        mixes = [Categories.of(recommender.categories).mix(query) for query in queries]
        return np.mean(
            [mix.divergence_of(np.array(row)) for mix, row in zip(mixes, lists, strict=True)]
        )

    assert divergence(0.8) < divergence(0.3) < divergence(0.0)


def test_providers_who_are_seldom_met_get_their_places(data, recommender):
    seldom = seldom_met(recommender.providers, recommender.counts)
    few = 0
    for user in range(30):
        request = Request(data.query(user), min_tail_share=0.2, tail=0.5)
        few += seldom[items(recommender.recommend(request))].sum() < 5
        listed = items(recommender.recommend(replace(request, min_provider_share=0.5)))
        assert seldom[listed].sum() >= 5
        assert (~recommender.head[listed]).sum() >= 2
    assert few > 10


def test_seldom_met_providers_are_found_however_deep_they_stand(monkeypatch):
    monkeypatch.setattr(pipeline, "DEPTH", 5)
    monkeypatch.setattr(pipeline, "SIDE_DEPTH", 5)
    scored = replace(fixed(range(100, 0, -1)), providers=(np.arange(100) >= 80).astype(np.int32))
    assert items(scored.recommend(Request(Query.of([0]), n=4))) == [1, 2, 3, 4]
    made = scored.recommend(Request(Query.of([0]), n=4, min_provider_share=0.5))
    assert items(made) == [1, 2, 80, 81]
    assert made.ranked_items[2].sources == ("providers",)


def test_the_trace_tells_what_reranking_did(data, recommender):
    query = data.query(3)
    plain = recommender.recommend(Request(query)).trace[2]
    assert (plain.stage, plain.figures) == ("reranking", {})
    stated_preferences = {"calibration": 0.9, "min_provider_share": 0.6, "min_tail_share": 0.5}
    figures = recommender.recommend(Request(query, **stated_preferences)).trace[2].figures
    assert figures["provider_places"] == 6 > figures["provider_places_before"]
    assert figures["tail_places"] >= 5
    assert figures["miscalibration"] != figures["miscalibration_before"]


def test_without_categories_or_providers_their_options_change_nothing():
    scored = fixed([9, 8, 7, 6])
    request = Request(Query.of([0]), calibration=1.0, min_provider_share=1.0)
    assert items(scored.recommend(request)) == [1, 2, 3]


def test_variety_is_by_text_where_a_part_reads_texts(data):
    words = Words().fit(data, np.random.default_rng(0))
    reading = Recommender(
        Fixed([1.0] * data.n_items, components=(Fixed([1.0] * data.n_items), words)),
        data.counts,
        data.counts > 9,
    )
    query = Query.of([0])
    plain, varied = (
        items(reading.recommend(Request(query, n=6, diversity=diversity)))
        for diversity in (0.0, 0.5)
    )
    assert words.likeness(np.array(varied)).mean() < words.likeness(np.array(plain)).mean()


@pytest.mark.parametrize("tail", [None, 0.6])
@pytest.mark.parametrize("history", [True, False])
def test_parts_sum_to_the_score_of_the_place(data, recommender, tail, history):
    for user in range(10):
        request = Request(data.query(user) if history else Query.of([]), n=40, tail=tail)
        for place in recommender.recommend(request).ranked_items:
            [parts] = explain(recommender, request, place.item)
            assert sum(part.amount for part in parts) == pytest.approx(place.score, abs=1e-5)
    assert any(part.scorer == "tail_dial" for part in explain(recommender, request, 0)[0]) == (
        tail is not None
    )


def test_similar_items_are_the_nearest_without_the_item_itself(data, recommender):
    scores = recommender.scorer.similar(4)
    scores[4] = NAN
    nearest = similar(recommender, 4, 5)
    assert items(nearest) == np.argsort(-scores, kind="stable")[:5].tolist()
    assert nearest.ranked_items[0].sources == ("similar",)
    assert items(similar(recommender, 4, 5, allowed=np.arange(data.n_items) == 7)) == [7]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n": 0}, "n: 0"),
        ({"tail": 1.5}, "tail: 1.5"),
        ({"min_tail_share": -0.1}, "min_tail_share: -0.1"),
        ({"diversity": NAN}, "diversity: nan"),
        ({"calibration": 1.1}, "calibration: 1.1"),
        ({"min_provider_share": -1}, "min_provider_share: -1"),
    ],
)
def test_an_option_out_of_range_is_rejected_by_name_and_value(fields, message):
    with pytest.raises(DataError, match=message):
        Request(Query.of([]), **fields)


def test_a_mask_of_another_catalogue_is_rejected(recommender):
    with pytest.raises(DataError, match="allowed: 3 entries for 40 items"):
        recommender.recommend(Request(Query.of([]), allowed=np.ones(3, dtype=bool)))
