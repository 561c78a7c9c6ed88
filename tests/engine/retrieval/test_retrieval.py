"""Lists from what the sources name, beside lists from all items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import NegativeFeedback, Query, StatedPreferences
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking.negative_feedback import TURNED_DOWN
from recommender.engine.retrieval import retrieval
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Semantic, Words
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn, TextKnn
from recommender.engine.scorers.markov import Transitions
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.text.item_texts import ItemTexts
from tests.engine.builders import random_dataset
from tests.engine.lists import explain, similar

N = 4000


@pytest.fixture(scope="module")
def data():
    return random_dataset(n_users=400, n_items=N, n_events=9000)


@pytest.fixture(scope="module")
def recommender(data):
    vectors = np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = ItemTexts(data.items, vectors)
    blend = Blend(
        {
            "item_knn": 1.0,
            "text_knn": 0.6,
            "words": 0.4,
            "semantic": 0.3,
            "transitions": 0.3,
            "popularity": 0.1,
        },
        tail_bonus=0.1,
    )
    components = [
        ItemKnn(),
        TextKnn(texts=texts),
        Words(),
        Semantic(texts=texts),
        Transitions(),
        Popularity(),
    ]
    scorer = Hybrid(components, blend).fit(data, np.random.default_rng(1))
    return Recommender.of(scorer, data)


@pytest.fixture
def named_only(monkeypatch):
    """What is retrieved where there are many more items than a request may score."""
    monkeypatch.setattr(retrieval, "ALL_BELOW", 15)
    monkeypatch.setattr(retrieval, "NAMED", 60)
    monkeypatch.setattr(retrieval, "NAMED_TAIL", 30)


def lists(recommender, requests):
    return [
        [place.item for place in recommender.recommend(request).ranked_items]
        for request in requests
    ]


def requests(data, share=None):
    rng = np.random.default_rng(1)
    for user in range(0, data.n_users, 8):
        if len(query := data.query(user)):
            yield Request(query, allowed=None if share is None else rng.random(N) < share)


@pytest.mark.parametrize("share", [None, 0.5, 0.05, 0.005])
def test_lists_are_full_and_nearly_those_of_all_items(data, recommender, monkeypatch, share):
    asked = list(requests(data, share))
    whole = lists(recommender, asked)
    monkeypatch.setattr(retrieval, "ALL_BELOW", 15)
    found = lists(recommender, asked)
    for request, own in zip(asked, found, strict=True):
        qualify = np.ones(N, dtype=bool) if request.allowed is None else request.allowed.copy()
        qualify[request.query.history] = False
        assert len(own) == min(request.n, int(qualify.sum()))
        assert qualify[own].all()
    overlap = [len(set(a) & set(b)) / max(1, len(b)) for a, b in zip(found, whole, strict=True)]
    assert np.mean(overlap) >= 0.95


def test_far_fewer_items_are_scored_than_there_are(data, recommender, named_only):
    for request in requests(data):
        scored = recommender.score_query(request)
        assert not scored.whole
        assert 100 < len(scored.sources.items) < N / 4
        assert (np.diff(scored.sources.items) > 0).all()


@pytest.mark.parametrize("share", [None, 0.5, 0.002])
def test_contributions_sum_to_the_scores_of_what_was_retrieved(
    data, recommender, named_only, share
):
    for request in list(requests(data, share))[:8]:
        places = recommender.recommend(request).ranked_items
        for place, parts in zip(
            places,
            explain(recommender, request, *(place.item for place in places)),
            strict=True,
        ):
            assert sum(part.amount for part in parts) == pytest.approx(place.score, abs=1e-5)


def test_an_item_that_no_source_names_is_explained_by_its_score(data, recommender, named_only):
    query = data.query(3)
    scored = recommender.score_query(Request(query))
    own = recommender.scorer.score(query)
    others = np.setdiff1d(np.flatnonzero(own > 0), [*scored.sources.items, *query.history])
    for item in others[:5].tolist():
        request = replace(scored.base, tail=0.0)
        [[parts]] = scored.explain([(request, [item])], unnamed_too=True)
        assert sum(part.amount for part in parts) == pytest.approx(own[item], abs=1e-4)


def test_penalties_and_similar_items_need_no_more_than_was_retrieved(data, recommender, named_only):
    query = data.query(3)
    first = recommender.recommend(Request(query)).ranked_items[0].item
    no = NegativeFeedback(first, np.zeros(0, dtype=np.int32))
    turned_down = Query(query.history, query.weights, negative_feedback=(no,))
    request = Request(turned_down, exclude=np.array([first]))
    places = recommender.recommend(request).ranked_items
    [parts] = explain(recommender, request, places[0].item)
    assert sum(part.amount for part in parts) == pytest.approx(places[0].score, abs=1e-5)
    nearest = [place.item for place in similar(recommender, first, 5).ranked_items]
    scores = np.nan_to_num(recommender.scorer.similar(first))
    scores[first] = 0
    assert len(set(nearest) & set(np.argsort(-scores)[:5].tolist())) >= 4


def test_popular_items_of_the_persons_categories_are_candidates(data, recommender, named_only):
    query = data.query(3)
    own = np.asarray(recommender.categories[query.history].sum(axis=0)).ravel()
    members = np.flatnonzero(recommender.categories[:, int(own.argmax())].toarray().ravel())
    best = members[np.argsort(-recommender.recent[members], kind="stable")[:10]]
    assert set(best.tolist()) <= set(recommender.score_query(Request(query)).sources.items.tolist())


class AnyText:
    """An interest model that understands every typed text as the same."""

    n_items = N

    def score(self, query):
        return np.zeros(N, dtype=np.float32)

    def explain(self, query, item):
        return []

    def alike(self, preferences):
        found = np.zeros(N, dtype=np.float32)
        found[MEANT] = np.linspace(1, 0.5, len(MEANT))
        return found

    def wanted(self, preferences):
        return {}

    def unwanted(self, preferences):
        return set()


MEANT = np.arange(3900, 3990, 3)


@pytest.mark.parametrize("with_history", [True, False])
def test_what_a_typed_text_names_is_found_wherever_it_is(
    data, recommender, named_only, with_history
):
    query = data.query(3) if with_history else Query.of([])
    asking = replace(query, stated_preferences=StatedPreferences("anything"))
    made = replace(recommender, interest=AnyText())
    sources = made.score_query(Request(asking)).sources
    assert set(MEANT.tolist()) <= set(sources.items.tolist())
    if not with_history:
        listed = [place.item for place in made.recommend(Request(asking)).ranked_items]
        assert set(listed) <= set(MEANT.tolist())


def test_what_may_come_back_is_a_candidate(data, recommender, named_only):
    query = data.query(3)
    due, seen = int(query.history[0]), int(query.history[-1])
    back = replace(query, due=((due, 1.0),), seen=(seen,))
    assert {due, seen} <= set(recommender.score_query(Request(back)).sources.items.tolist())


def test_seldom_met_providers_get_their_places(data, recommender, named_only):
    seldom = np.isin(np.arange(N), np.arange(0, N, 97))
    made = replace(recommender, providers=np.where(seldom, np.arange(N), -1).astype(np.int32))
    request = Request(data.query(3), min_provider_share=0.5)
    listed = [place.item for place in made.recommend(request).ranked_items]
    assert seldom[listed].sum() >= 5


def turning_down(query, item):
    no = NegativeFeedback(int(item), np.zeros(0, dtype=np.int32))
    return replace(query, negative_feedback=(no,))


@pytest.mark.parametrize("narrow_first", [True, False])
def test_contributions_sum_up_in_each_filter_of_one_scored_query(
    data, recommender, named_only, narrow_first
):
    """A penalty is worth the same in all lists of one person at one moment."""
    query = turning_down(data.query(3), data.query(3).history[0])
    base, half = Request(query), Request(query, allowed=np.arange(N) % 2 == 0)
    scored = recommender.score_query(base)
    lowered_by = 0
    for request in (half, base) if narrow_first else (base, half):
        whole = replace(request, n=N)
        ranked = scored.recommend(whole).ranked_items
        [explained] = scored.explain([(whole, [place.item for place in ranked])])
        for place, parts in zip(ranked, explained, strict=True):
            assert sum(part.amount for part in parts) == pytest.approx(place.score, abs=1e-4)
            lowered_by += any(part.scorer == TURNED_DOWN for part in parts)
    assert lowered_by


def test_the_catalogue_is_scored_once_for_somebody_who_turned_something_down(
    data, recommender, monkeypatch
):
    asked, score = [], Hybrid.score
    monkeypatch.setattr(Hybrid, "score", lambda self, *own: asked.append(own) or score(self, *own))
    query = turning_down(data.query(3), data.query(3).history[0])
    recommender.recommend(Request(query))
    assert len(asked) == 1


def test_a_penalty_of_a_similar_item_is_what_it_cost(data, recommender):
    no = (NegativeFeedback(7, np.zeros(0, dtype=np.int32)),)
    lowered = recommender.score_neighbours(3, 12, no)
    plain = recommender.score_neighbours(3, 12)
    hit = np.flatnonzero(recommender.penalised(lowered.query))
    hit = [item for item in hit.tolist() if not np.isnan(plain.sources.scores_of(np.array([item])))]
    cost = lowered.sources.scores_of(np.array(hit)) - plain.sources.scores_of(np.array(hit))
    request = Request(lowered.query, 12)
    for parts, lost in zip(lowered.explain([(request, hit)])[0], cost.tolist(), strict=True):
        lowered_by = sum(part.amount for part in parts if part.scorer == TURNED_DOWN)
        assert lowered_by == pytest.approx(lost, rel=1e-4)
    assert hit
