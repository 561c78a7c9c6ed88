from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.types import NegativeFeedback, Query
from recommender.engine.pipeline import Request
from recommender.engine.ranking import second_stage
from recommender.engine.ranking.attribution import BASE
from recommender.engine.ranking.features import FEATURES
from recommender.engine.ranking.second_stage import amounts_of, importance_of
from tests.engine.builders import random_dataset
from tests.engine.lists import explain, similar
from tests.engine.trees import BLEND, WIDTH, stumps, with_trees

DATA = random_dataset()


@pytest.fixture(scope="module")
def recommender():
    return with_trees(DATA)


def items(recommendation):
    return [place.item for place in recommendation.ranked_items]


def test_those_behind_get_the_lowest_amount():
    assert amounts_of(np.array([0.5, -1.0]), 4).tolist() == [0.5, -1, -1, -1]
    assert amounts_of(np.zeros(0), 0).tolist() == []


def test_terms_of_one_component_count_together():
    found = importance_of(stumps([0, 1, WIDTH - 1]), ["item_knn", "item_knn", "popularity"])
    assert [*found] == ["item_knn", "popularity", *(feature.name for feature in FEATURES)]
    read = {name: share for name, share in found.items() if share}
    # splits of all 100 rows by columns 0, 1 and the last; of the 80 left by 1, 2 and 0
    assert read == pytest.approx(
        {"item_knn": 360 / 540, "popularity": 80 / 540, FEATURES[-1].name: 100 / 540}
    )


def test_trees_change_the_order_by_what_they_predict(recommender):
    without = replace(recommender, trees=None)
    changed = 0
    for user in range(20):
        request = Request(DATA.query(user), n=25, tail=0.0)
        before = {place.item: place.score for place in without.recommend(request).ranked_items}
        after = recommender.recommend(request).ranked_items
        changed += list(before) != [place.item for place in after]
        gains = [place.score - before[place.item] for place in after if place.item in before]
        assert len({round(gain, 6) for gain in gains}) > 3
    assert changed > 15


def test_an_item_behind_the_best_overtakes_none_of_them(recommender, monkeypatch):
    monkeypatch.setattr(second_stage, "DEPTH", 6)
    without = replace(recommender, trees=None)
    for user in range(20):
        request = Request(DATA.query(user), n=20, tail=0.0)
        before, after = items(without.recommend(request)), items(recommender.recommend(request))
        assert sorted(before[:6]) == sorted(after[:6])
        assert before[6:] == after[6:]


def requests():
    for user in range(12):
        query = DATA.query(user)
        yield Request(query, n=12)
        yield Request(query, n=12, tail=0.8, only_tail=user % 2 == 0)
        down = NegativeFeedback(int(query.history[0]), query.history[1:], 1.0)
        yield Request(replace(query, negative_feedback=(down,)), n=12)
        due = tuple((int(item), 0.4) for item in query.history[:2])
        yield Request(replace(query, due=due), n=12)


@pytest.mark.parametrize("depth", [4, 100])
def test_contributions_sum_to_every_score(recommender, monkeypatch, depth):
    monkeypatch.setattr(second_stage, "DEPTH", depth)
    for request in requests():
        listed = recommender.recommend(request).ranked_items
        explained = explain(recommender, request, *(place.item for place in listed))
        for place, parts in zip(listed, explained, strict=True):
            assert sum(part.amount for part in parts) == pytest.approx(place.score, abs=1e-5)


def explained_by(feature, query):
    """Contributions of the query's best item, with trees that read this feature alone first."""
    made = with_trees(DATA, stumps([feature] * 3))
    request = Request(query, n=5, tail=0.0)
    [parts] = explain(made, request, items(made.recommend(request))[0])
    plain = replace(made, trees=None)
    [before] = explain(plain, request, items(made.recommend(request))[0])
    return parts, before


def test_a_terms_part_goes_to_its_component_and_keeps_the_past_items():
    parts, before = explained_by(0, DATA.query(3))
    past = {part.item for part in before if part.scorer == "item_knn"}
    assert {part.item for part in parts if part.scorer == "item_knn"} == past
    amounts = [
        sum(part.amount for part in each if part.scorer == "item_knn") for each in (parts, before)
    ]
    assert amounts[0] != pytest.approx(amounts[1], abs=1e-6)
    assert {part.scorer for part in parts} == {part.scorer for part in before} | {BASE}


def test_item_facts_and_taste_have_names_of_their_own():
    names = [feature.name for feature in FEATURES]
    start = len(BLEND.terms)
    parts, _before = explained_by(start + names.index("first_age"), DATA.query(3))
    assert "age" in {part.scorer for part in parts}
    parts, _before = explained_by(start + names.index("history"), DATA.query(3))
    assert "taste" in {part.scorer for part in parts}


def test_a_list_that_no_history_ranks_has_no_trees(recommender):
    without = replace(recommender, trees=None)
    nobody = Request(Query.of([]))
    assert recommender.recommend(nobody).ranked_items == without.recommend(nobody).ranked_items
    assert similar(recommender, 3, 5).ranked_items == similar(without, 3, 5).ranked_items


def test_many_lists_are_those_of_one(recommender):
    asked = list(requests())
    for request, made in zip(asked, recommender.recommend_many(asked), strict=True):
        alone = recommender.recommend(request)
        assert items(made) == items(alone)
        scores = [[place.score for place in each.ranked_items] for each in (made, alone)]
        assert scores[0] == pytest.approx(scores[1], abs=1e-5)


def test_a_block_is_scored_once(recommender, monkeypatch):
    """The trees read the term scores that the block left."""
    asked = [Request(DATA.query(user)) for user in range(10)]
    monkeypatch.setattr(type(recommender.scorer.components[0]), "score", None)
    assert len(list(recommender.recommend_many(asked))) == 10


def test_width_counts_every_term(recommender):
    assert len(recommender.scorer.term_names()) + len(FEATURES) == WIDTH
