from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity, RecentPopularity
from recommender.engine.scorers.popularity import RecentPopularityParams as Params
from recommender.engine.tuning.candidate_scores import Column
from recommender.engine.tuning.collecting import collect
from recommender.engine.tuning.figures import figures_of
from recommender.engine.tuning.learning import (
    TAIL_WORTH,
    Columns,
    Questions,
    as_blend,
    cross_validated,
    learn,
    term_shares,
)
from recommender.engine.tuning.slices import nested_slices
from tests.engine.scorers.worlds import chains

PRIOR = ({0: 1.0, 1: 0.5}, 0.25)


@pytest.fixture(scope="module")
def asked():
    data = chains(n_chains=6, length=8, people=20)
    (one, *_) = nested_slices(data, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    columns = (
        Column("item_knn", 0.6, ItemKnn().fit(one.train, rng)),
        Column("recent_popularity@0.1", 1.0, RecentPopularity(Params(0.1)).fit(one.train, rng)),
        Column("popularity", 1.0, Popularity().fit(one.train, rng)),
    )
    layout = Columns(columns, (PRIOR,))
    return Questions(collect(one, columns), layout)


def test_each_column_has_two_features_and_each_prior_one(asked):
    features, n = asked.choices.features, 3
    assert features.shape[1] == asked.columns.width == 2 * n + 2
    np.testing.assert_allclose(
        features[:, n], np.sqrt(np.maximum(features[:, 0], 0)), rtol=1e-5, atol=1e-6
    )
    prior = features[:, 0] + 0.5 * features[:, 1] - 0.25 * features[:, 6]
    np.testing.assert_allclose(features[:, 7], prior, rtol=1e-4, atol=1e-5)


def test_without_the_priors_features_the_scores_are_the_same(asked):
    weights = np.array([0.5, 0.1, -0.2, 0.3, 0.0, 0.1, -0.3, 0.8])
    merged = asked.columns.merged(weights)
    assert merged[-1] == 0
    np.testing.assert_allclose(
        asked.choices.features @ weights, asked.choices.features @ merged, rtol=1e-4, atol=1e-4
    )


def test_what_was_taken_is_worth_more_in_the_tail_and_less_among_many(asked):
    cache, worth = asked.cache, asked.choices.worth
    taken, tail = cache.relevant[asked.cells], cache.tail[asked.cells]
    positives = np.bincount(asked.choices.questions, taken)[asked.choices.questions]
    assert (worth[~taken] == 0).all()
    expected = np.where(tail, TAIL_WORTH, 1.0)[taken] / np.sqrt(positives[taken])
    np.testing.assert_allclose(worth[taken], expected)


def test_what_is_learnt_is_better_than_each_column_and_than_the_prior(asked):
    learnt = figures_of(asked.cache, asked.scores(learn([asked.choices], asked.columns)))
    for at in (0, 1, 2, 7):
        alone = np.eye(asked.columns.width)[at]
        assert learnt.ndcg >= figures_of(asked.cache, asked.scores(alone)).ndcg


def test_with_few_questions_the_weights_are_the_priors(asked):
    few = asked.part(np.arange(len(asked.cells)) < 1)
    weights = learn([few], asked.columns)
    strength = weights[0]
    assert weights[1] == pytest.approx(0.5 * strength, abs=0.25 * abs(strength))


def test_cross_validation_judges_each_question_by_the_others(asked):
    scores = cross_validated(asked)
    odd = np.arange(len(asked.cells)) % 2 == 1
    by_even = asked.scores(learn([asked.part(~odd)], asked.columns))
    by_odd = asked.scores(learn([asked.part(odd)], asked.columns))
    np.testing.assert_array_equal(scores[odd], by_even[odd])
    np.testing.assert_array_equal(scores[~odd], by_odd[~odd])


def test_a_blend_has_a_term_for_each_column(asked):
    narrow = asked.narrowed(np.array([0, 1]))
    weights = narrow.columns.merged(np.array([0.5, 0.1, 0.3, 0.2, -0.3, 0.0]))
    shares = term_shares(weights, [narrow], narrow.columns)
    assert shares.sum() == pytest.approx(1)
    blend = as_blend(weights, narrow.columns, shares)
    assert [term.component for term in blend.terms] == ["item_knn", "recent_popularity@0.1"]
    assert (blend.terms[0].weight, blend.terms[0].root) == (0.5, 0.3)
    assert set(blend.weights) == {"item_knn", "recent_popularity"}
    assert blend.params == {"recent_popularity@0.1": {"half_life": 0.1}}
    assert blend.popularity_penalty == pytest.approx(0.3)


def test_shares_of_a_component_add_up(asked):
    both = np.array([0.5, 0.25, 0.25])
    columns = replace(
        asked.columns, columns=asked.columns.columns[:1] * 2 + asked.columns.columns[2:]
    )
    blend = as_blend(np.zeros(asked.columns.width), columns, both)
    assert blend.weights == {"item_knn": 0.75, "popularity": 0.25}


def test_fewer_columns_ask_the_same_questions(asked):
    used = np.array([0, 2])
    narrow = asked.narrowed(used)
    assert [column.key for column in narrow.columns.columns] == ["item_knn", "popularity"]
    assert narrow.columns.priors == (({0: 1.0}, 0.25),)
    np.testing.assert_array_equal(narrow.choices.worth, asked.choices.worth)
    weights = np.array([0.5, 0.1, 0.2, -0.3, 0.4, 0.0])
    wide = np.array([0.5, 0, 0.1, 0.2, 0, -0.3, 0.4, 0.0])
    np.testing.assert_allclose(narrow.scores(weights), asked.scores(wide), rtol=1e-5)


def test_where_no_candidates_differ_all_columns_have_the_same_share(asked):
    nothing = np.zeros(asked.columns.width)
    assert term_shares(nothing, [asked], asked.columns).tolist() == [pytest.approx(1 / 3)] * 3
