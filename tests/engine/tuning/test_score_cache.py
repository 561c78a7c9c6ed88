from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.head_tail import head_of
from recommender.engine.runtime import size
from recommender.engine.scorers.blend import Blend, Term
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.tuning.candidate_scores import TOP
from recommender.engine.tuning.collecting import collect, with_column
from recommender.engine.tuning.learning import Columns, Questions
from tests.engine.builders import random_dataset
from tests.engine.tuning.columns import columns_on, newest_slice

DATA = random_dataset(n_users=60, n_items=40, n_events=900)


@pytest.fixture(scope="module")
def validation():
    return newest_slice(DATA)


@pytest.fixture(scope="module")
def columns(validation):
    return columns_on(validation, [0.7])


@pytest.fixture(scope="module")
def score_cache(validation, columns):
    return collect(validation, columns)


def test_past_items_are_no_candidates(validation, score_cache):
    for query, items, empty in zip(
        validation.queries, score_cache.items, score_cache.empty, strict=True
    ):
        assert not set(items[~empty].tolist()) & set(query.history.tolist())


def test_the_best_items_of_each_column_are_candidates_and_the_best_of_the_tail(
    validation, columns, score_cache
):
    tail = ~head_of(validation.train)
    for row, query in enumerate(validation.queries[:20]):
        found = set(score_cache.items[row][~score_cache.empty[row]].tolist())
        scores = columns[1].scorer.score(query).copy()
        scores[query.history] = 0
        best = [item for item in np.argsort(-scores, kind="stable")[:TOP] if scores[item] > 0]
        assert set(best) <= found
        best_of_tail = [item for item in np.argsort(-scores) if tail[item] and scores[item] > 0]
        assert set(best_of_tail[:5]) <= found


def test_learnt_weights_rank_as_the_hybrid_of_their_terms(validation, columns, score_cache):
    layout = Columns(columns, ())
    blend = Blend(
        {"item_knn": 0.8, "popularity": 0.2},
        popularity_penalty=0.2,
        terms=(Term("item_knn", 0.7, 1.0, 0.5), Term("popularity", 1.0, 0.3, -0.4)),
    )
    hybrid = Hybrid([column.scorer for column in columns], blend)
    hybrid.people, hybrid.scales = validation.train.counts, score_cache.scales
    weights = np.array([1.0, 0.3, 0.5, -0.4, -0.2])
    totals = Questions(score_cache, layout).scores(weights)
    for query, items, empty, total in zip(
        validation.queries, score_cache.items, score_cache.empty, totals, strict=True
    ):
        np.testing.assert_allclose(
            total[~empty], hybrid.score(query)[items[~empty]], rtol=1e-4, atol=1e-4
        )


def test_held_out_items_are_marked_if_candidates_and_always_counted(validation, score_cache):
    for row, right in enumerate(validation.relevant):
        marked = score_cache.items[row][score_cache.relevant[row]]
        assert set(marked.tolist()) <= set(right.tolist())
        assert score_cache.wanted[row] == len(right)


def test_a_held_out_item_without_nomination_is_not_added(validation, columns):
    alone = collect(validation, columns[:1])
    cold = validation.train.counts == 0
    assert alone.wanted_cold.sum() == sum(int(cold[right].sum()) for right in validation.relevant)
    assert not alone.cold.any()


def test_a_column_that_is_added_later_has_the_values_of_one_from_the_start(
    validation, columns, score_cache
):
    first = collect(validation, columns[:1])
    added = with_column(first, validation, columns[1])
    for row in range(len(validation)):
        known = {
            item: value
            for item, value, empty in zip(
                score_cache.items[row], score_cache.values[1][row], score_cache.empty[row],
                strict=True,
            )
            if not empty
        }  # fmt: skip
        for item, value, empty in zip(
            added.items[row], added.values[1][row], added.empty[row], strict=True
        ):
            assert value == (0 if empty else pytest.approx(known[item], rel=1e-5))


def test_items_that_came_later_are_no_candidates(validation, columns):
    later = np.arange(DATA.n_items) < 20
    cache = collect(replace(validation, later=later), columns[1:])
    found = cache.items[~cache.empty]
    assert len(found)
    assert (found >= 20).all()


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(size, "LARGE", 0)


def test_a_large_catalogue_has_the_same_candidates_scores_and_scales(
    large, validation, columns, score_cache
):
    named = collect(validation, columns)
    for row in range(len(validation)):
        mine, whole = (
            dict(zip(each.items[row][full].tolist(), each.values[0][row][full], strict=True))
            for each, full in ((named, ~named.empty[row]), (score_cache, ~score_cache.empty[row]))
        )
        assert set(mine) == set(whole)
        assert list(mine.values()) == pytest.approx(list(whole.values()), rel=1e-4)
    np.testing.assert_allclose(named.scales, score_cache.scales, rtol=1e-4)


def test_a_column_that_comes_later_scores_the_same_candidates(
    large, validation, columns, score_cache
):
    first = collect(validation, columns[:1])
    later = with_column(first, validation, columns[1])
    whole = columns[1].scorer.score(validation.queries[0])
    full = ~later.empty[0]
    ratios = later.values[1][0][full] / whole[later.items[0][full]]
    assert ratios == pytest.approx(ratios[0])
