from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.categories import category_matrix
from recommender.engine.data.types import Query
from recommender.engine.reranking.unexpected import Unexpectedness

KINDS = [("tea", "thing")] * 5 + [("wool", "thing")] * 5 + [("ink", "thing")] * 10
COUNTS = np.array([9, 8, 7, 6, 5, 9, 8, 7, 6, 0, 20, 19, 18, 17, 16, 4, 3, 2, 1, 0], dtype=np.int32)
NEAR = np.array([0.9] * 5 + [0.8, 0.1, 0.1, 0.8, 0.1] + [0.1] * 5 + [0.1] * 5, dtype=np.float32)
NOTHING = np.full(20, np.nan, dtype=np.float32)
TEA = Query.of([0, 1])
ALL = np.arange(20, dtype=np.int32)


@pytest.fixture
def unexpectedness():
    return Unexpectedness(COUNTS, category_matrix(KINDS))


def chosen(scores):
    return np.flatnonzero(~np.isnan(scores)).tolist()


def test_items_are_far_by_words_outside_own_categories_and_popular(unexpectedness):
    found = chosen(unexpectedness.score(TEA, ALL, NOTHING, [NEAR], 3))
    assert found == [6, 10, 11, 12, 13, 14]


def test_more_popular_and_better_fitting_items_come_first(unexpectedness):
    scores = NOTHING.copy()
    scores[14] = 5.0
    found = unexpectedness.score(TEA, ALL, scores, [NEAR], 3)
    assert found[10] > found[11] > found[13]
    assert found[14] > found[13]
    assert 0 <= np.nanmin(found) <= np.nanmax(found) <= 1


def test_own_categories_count_if_too_few_items_are_outside(unexpectedness):
    everything = Query.of([0, 5, 10])
    found = chosen(unexpectedness.score(everything, ALL, NOTHING, [NEAR], 3))
    assert {6, 7} & set(found) or {10, 11} <= set(found)
    assert not {0, 1, 2} & set(found)


def test_a_broad_or_rare_category_is_not_the_persons_own(unexpectedness):
    own = unexpectedness.own(TEA, ALL)
    assert own[:5].all()
    assert not own[5:].any()
    many = Query.of([0] * 19 + [5])
    assert unexpectedness.own(Query.of([0] * 30 + [5]), ALL)[5:10].sum() == 0
    assert unexpectedness.own(many, ALL)[5:10].all()


def test_without_texts_and_categories_only_popularity_counts():
    plain = Unexpectedness(COUNTS, None)
    assert chosen(plain.score(TEA, ALL, NOTHING, [], 3)) == [i for i in range(20) if COUNTS[i] >= 8]


def test_items_must_be_far_by_words_and_semantically(unexpectedness):
    semantic = np.linspace(1, 0, 20, dtype=np.float32)
    found = chosen(unexpectedness.score(TEA, ALL, NOTHING, [NEAR, semantic], 1))
    assert found
    assert min(found) >= 13
    unread = np.full(20, np.nan, dtype=np.float32)
    assert chosen(unexpectedness.score(TEA, ALL, NOTHING, [NEAR, unread], 3)) == chosen(
        unexpectedness.score(TEA, ALL, NOTHING, [NEAR], 3)
    )


def test_without_a_history_nothing_is_unexpected(unexpectedness):
    assert chosen(unexpectedness.score(Query.of([]), ALL, NOTHING, [], 3)) == []
