from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.head_tail import head_of
from recommender.engine.tuning.candidate_recall import candidate_recall
from recommender.engine.tuning.candidate_scores import TOP, TOP_TAIL, scores_by
from recommender.engine.tuning.collecting import collect, with_column
from tests.engine.builders import random_dataset
from tests.engine.tuning.columns import columns_on, newest_slice

DATA = random_dataset(n_users=150, n_items=300, n_events=6000)


@pytest.fixture(scope="module")
def validation():
    return newest_slice(DATA)


@pytest.fixture(scope="module")
def columns(validation):
    return columns_on(validation, [1.0, 0.6])


def named_by(column, validation):
    """Each question's best items of a column and its best of the tail, by plain sorting."""
    tail = ~head_of(validation.train)
    for query, scores in zip(
        validation.queries, scores_by(column, validation.queries), strict=True
    ):
        own = np.nan_to_num(scores)
        own[query.history] = 0
        order = [item for item in np.argsort(-own, kind="stable").tolist() if own[item] > 0]
        yield {*order[:TOP], *[item for item in order if tail[item]][:TOP_TAIL]}


def test_the_recall_of_a_source_is_what_its_columns_name(validation, columns):
    found = candidate_recall(collect(validation, columns), columns)
    by_column = [list(named_by(column, validation)) for column in columns]
    wanted = sum(map(len, validation.relevant))

    def hits(of):
        pairs = zip(*(by_column[at] for at in of), validation.relevant, strict=True)
        return sum(len(set().union(*sets) & set(right.tolist())) for *sets, right in pairs)

    assert found.sources["item_knn"].recall == pytest.approx(hits([0, 1]) / wanted, abs=0.01)
    assert found.sources["popularity"].recall == pytest.approx(hits([2]) / wanted, abs=0.01)
    assert found.union.recall == pytest.approx(hits([0, 1, 2]) / wanted, abs=0.01)


def test_the_union_holds_all_candidates_and_what_each_names_alone_adds_up(validation, columns):
    cache = collect(validation, columns)
    found = candidate_recall(cache, columns)
    assert found.union.candidates == pytest.approx((~cache.empty).sum(axis=1).mean())
    both, one = (found.sources[name] for name in ("item_knn", "popularity"))
    assert found.union.recall == pytest.approx(both.recall + one.only, abs=0.01)
    assert found.union.only == 0
    assert 0 < both.tail_recall <= found.union.tail_recall <= 1


def test_a_column_that_came_later_names_nothing(validation, columns):
    cache = collect(validation, columns[:2])
    wider = with_column(cache, validation, columns[2])
    assert candidate_recall(wider, columns[:2]) == candidate_recall(cache, columns[:2])
    assert set(candidate_recall(wider, columns[:2]).sources) == {"item_knn"}
