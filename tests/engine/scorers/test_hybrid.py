from __future__ import annotations

import json

import numpy as np
import pytest

from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import Query
from recommender.engine.scorers.blend import Blend, Term
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.hybrid import PENALTY, REMEMBERED, Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.markov import Transitions
from recommender.engine.scorers.popularity import Popularity, PopularityParams
from recommender.engine.scorers.registry import SCORERS, describe
from recommender.engine.scorers.scales import bucket_of, inverse_scales
from recommender.engine.scorers.terms import NAMING_DECAY, faded
from tests.engine.builders import random_dataset
from tests.engine.scorers.worlds import best, fitted, planted_tail, titled

DATA = random_dataset()


def hybrid(blend, *components, data=DATA):
    return fitted(Hybrid(components, blend), data)


def test_a_single_component_ranks_as_alone():
    alone, blended = fitted(ItemKnn(), DATA), hybrid(Blend({"item_knn": 0.7}), ItemKnn())
    assert best(alone, [1, 4, 9], 15) == best(blended, [1, 4, 9], 15)


def test_components_are_scaled_by_the_typical_deviation_of_histories_as_long():
    query = Query.of([1, 4, 9])
    made = hybrid(Blend({"item_knn": 1.0, "popularity": 0.5}), ItemKnn(), Popularity())
    knn, popular = fitted(ItemKnn(), DATA).score(query), fitted(Popularity(), DATA).score(query)
    of_knn, of_popular = made.scales[:, bucket_of(3)]
    of_knn /= made.components[0].spread(faded(query, 1.0))
    assert of_popular == pytest.approx(1 / popular.std(), rel=1e-4)
    people = [DATA.query(user) for user in range(DATA.n_users) if len(DATA.query(user))]
    asked, component = [faded(each, 1.0) for each in people], made.components[0]
    ratios = [np.nanstd(component.score(each)) / component.spread(each) for each in asked]
    usual = inverse_scales(np.array(ratios), list(map(len, people)))
    assert made.scales[0, bucket_of(3)] == pytest.approx(usual[bucket_of(3)], rel=1e-4)
    expected = np.nan_to_num(knn) * of_knn + 0.5 * popular * of_popular
    np.testing.assert_allclose(made.score(query), expected, rtol=1e-4)


LEARNT = Blend(
    {"item_knn": 0.7, "popularity": 0.3},
    popularity_penalty=-0.1,
    params={"popularity@late": {"half_life": 0.1}},
    terms=(
        Term("item_knn", 1.0, 0.7, 0.4),
        Term("item_knn", 0.3, -0.1, 0.2),
        Term("popularity", 1.0, 0.2, -0.3),
        Term("popularity@late", 1.0, 0.0, 0.6),
    ),
)
"""Terms with roots, and two variants of one component."""


def learnt():
    late = Popularity(PopularityParams(half_life=0.1))
    return hybrid(LEARNT, ItemKnn(), Popularity(), late)


def test_term_scores_of_what_was_scored_last_are_remembered(monkeypatch):
    made, query = learnt(), Query.of([1, 4, 9])
    some, others = np.array([3, 7, 30], dtype=np.int32), np.array([2, 5], dtype=np.int32)
    alone = made.term_scores(query, some)
    assert alone.shape == (3, 4) == (3, len(made.term_names()))
    assert made.term_names() == ("item_knn", "item_knn", "popularity", "popularity")
    made.score(query, some)
    made.score(query, others)
    monkeypatch.setattr(made, "components", ())
    np.testing.assert_allclose(made.term_scores(query, some[::-1]), alone[::-1], rtol=1e-5)
    assert made.term_scores(query, others).shape == (2, 4)


def test_only_the_latest_sets_of_items_are_remembered(monkeypatch):
    made, query = learnt(), Query.of([1, 4, 9])
    for item in range(20):
        made.score(query, np.array([item], dtype=np.int32))
    monkeypatch.setattr(made, "components", ())
    for item in range(20 - REMEMBERED, 20):
        made.term_scores(query, np.array([item], dtype=np.int32))
    with pytest.raises(ValueError, match="shorter"):
        made.term_scores(query, np.array([0], dtype=np.int32))


def test_the_score_of_some_items_is_that_of_the_catalogue():
    for made in (learnt(), hybrid(Blend({"item_knn": 1.0, "words": 1.0}), ItemKnn(), Words())):
        for query in (Query.of([1, 4, 9]), Query.of([2]), Query.of([])):
            whole, some = made.score(query), np.array([0, 3, 17, 39], dtype=np.int32)
            np.testing.assert_allclose(made.score(query, some), whole[some], rtol=1e-5)


def test_a_hybrid_names_what_its_components_name():
    made, query = learnt(), Query.of([1, 4, 9])
    wanted = Nomination(5, 2, DATA.counts > 9)
    named = set(made.named(query, wanted).tolist())
    for component in made.components:
        assert set(component.named(faded(query, NAMING_DECAY), wanted).tolist()) <= named


def test_a_term_adds_its_weight_and_its_root():
    query, made = Query.of([1, 4, 9]), learnt()
    expected = 0.1 * np.log1p(DATA.counts)
    for term, component in zip(
        LEARNT.terms, [made.components[at] for at in (0, 0, 1, 2)], strict=True
    ):
        asked = faded(query, term.decay)
        scale = made.scales[LEARNT.terms.index(term), bucket_of(3)] / component.spread(asked)
        z = np.nan_to_num(component.score(asked)) * scale
        expected = expected + term.weight * z + term.root * np.sqrt(np.maximum(z, 0))
    np.testing.assert_allclose(made.score(query), expected, rtol=1e-3, atol=1e-4)


def test_a_learnt_score_is_the_same_alone_and_in_a_batch_and_sums_up():
    made, queries = learnt(), [Query.of([1, 4, 9]), Query.of([3])]
    for row, query in zip(made.score_batch(queries), queries, strict=True):
        np.testing.assert_allclose(made.score(query), row, rtol=1e-4, atol=1e-5)
        for item, parts in enumerate(made.explain_many(query, range(DATA.n_items))):
            total = sum(part.amount for part in parts)
            assert total == pytest.approx(float(np.nan_to_num(row[item])), abs=1e-4)


def test_a_learnt_score_is_restored_with_its_variants():
    made, query = learnt(), Query.of([1, 4, 9])
    blend = Blend.from_dict(json.loads(json.dumps(describe(made))))
    again = Hybrid.from_state(blend, made.get_state(), SCORERS)
    np.testing.assert_array_equal(again.score(query), made.score(query))


def test_a_version_from_before_the_scales_takes_each_querys_own_deviation():
    made, query = learnt(), Query.of([1, 4, 9])
    state = {name: value for name, value in made.get_state().items() if name != "scales"}
    before = Hybrid.from_state(LEARNT, state, SCORERS)
    expected = 0.1 * np.log1p(DATA.counts)
    for term, at in zip(LEARNT.terms, (0, 0, 1, 2), strict=True):
        z = np.nan_to_num(made.components[at].score(faded(query, term.decay)))
        z = z / z.std()
        expected = expected + term.weight * z + term.root * np.sqrt(np.maximum(z, 0))
    np.testing.assert_allclose(before.score(query), expected, rtol=1e-3, atol=1e-4)
    assert "scales" not in before.get_state()


def test_without_a_component_its_terms_and_variants_go():
    lesser = LEARNT.without({"popularity"})
    assert lesser.components == ("item_knn",)
    assert set(lesser.weights) == {"item_knn"}
    assert not lesser.params
    assert LEARNT.without({"item_knn", "popularity"}).components == ("popularity",)
    assert LEARNT.without({"words"}) is LEARNT


def test_decay_makes_the_latest_item_count_most():
    sharp = hybrid(Blend({"item_knn": 1.0}, {"item_knn": 0.01}), ItemKnn())
    assert (
        best(sharp, [3, 7, 20], 5)
        == [item for item in best(sharp, [20], 7) if item not in (3, 7)][:5]
    )


def test_the_penalty_ranks_popular_items_lower():
    data = planted_tail()
    loud, quiet = (
        hybrid(Blend({"popularity": 1.0}, {}, penalty), Popularity(), data=data)
        for penalty in (0.0, 5.0)
    )
    assert best(loud, []) == [0]
    assert data.counts[best(quiet, [])[0]] == 3


def test_an_item_with_a_penalty_alone_has_no_score():
    data = planted_tail()
    made = hybrid(Blend({"popularity": 1.0}, {}, 5.0), Popularity(), data=data)
    unmet = int(np.flatnonzero(data.counts == 0)[0])
    assert np.isnan(made.score(Query.of([]))[unmet])
    assert made.explain(Query.of([]), unmet) == []


def test_an_item_without_a_score_of_one_component_gets_those_of_the_others():
    data = titled(["red tea", "steel pedal", "green tea"], [(0, 0), (1, 1), (0, 1)])
    made = hybrid(Blend({"item_knn": 1.0, "words": 1.0}), ItemKnn(), Words(), data=data)
    scores = made.score(Query.of([0]))
    assert scores[2] > 0
    assert {each.scorer for each in made.explain(Query.of([0]), 2)} == {"words"}


def test_the_explanation_names_the_penalty_and_sums_to_the_score():
    blend = Blend({"item_knn": 1.0, "transitions": 0.4, "words": 0.3}, {"transitions": 0.6}, 0.2)
    made = hybrid(blend, ItemKnn(), Transitions(), Words())
    query = DATA.query(3)
    for item in range(0, DATA.n_items, 5):
        contributions = made.explain(query, item)
        assert sum(each.amount for each in contributions) == pytest.approx(
            float(made.score(query)[item]), rel=1e-4, abs=1e-5
        )
        assert PENALTY in {each.scorer for each in contributions}


def test_a_blend_survives_json():
    blend = Blend(
        {"item_knn": 1.0}, {"item_knn": 0.8}, 0.3, {"recent_popularity": {"half_life": 0.01}}
    )
    assert Blend.from_dict(json.loads(json.dumps(blend.as_dict()))) == blend


def test_similar_items_do_not_depend_on_popularity():
    with_popularity = hybrid(
        Blend({"item_knn": 1.0, "popularity": 50.0}, {}, 3.0), ItemKnn(), Popularity()
    )
    without = hybrid(Blend({"item_knn": 1.0}), ItemKnn())
    np.testing.assert_array_equal(
        np.argsort(-with_popularity.similar(4), kind="stable")[:10],
        np.argsort(-without.similar(4), kind="stable")[:10],
    )


def test_fading_counts_from_the_newest_and_saturates_weights():
    made = faded(Query.of([1, 2, 3], [1.0, 1.0, 3.0]), 0.5)
    np.testing.assert_allclose(made.weights, [0.25, 0.5, 2.0])


def test_explanations_do_not_depend_on_the_query_scored_before():
    ours, theirs = Query.of([1, 4, 9]), Query.of([2, 3])
    made = hybrid(Blend({"item_knn": 1.0, "popularity": 0.5}), ItemKnn(), Popularity())
    alone = made.explain(ours, 15)
    made.score(ours)
    assert made.explain(ours, 15) == alone
    made.score(theirs)
    assert made.explain(ours, 15) == alone


def test_similar_items_do_not_change_a_users_scales():
    person = Query.of([1, 4, 9])
    made = hybrid(Blend({"item_knn": 1.0, "popularity": 0.5}), ItemKnn(), Popularity())
    alone = made.explain(person, 15)
    made.score(person)
    made.similar(3)
    assert made.explain(person, 15) == alone
