from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.categories import category_matrix
from recommender.engine.data.request import Request
from recommender.engine.data.types import Query
from recommender.engine.reranking.exposure_quotas import ExposureQuota, fill_quotas
from recommender.engine.reranking.reranking import (
    TUNED_AT,
    UNTUNED_BONUS,
    Dial,
    TailContext,
    apply_dial,
    category_likeness,
    popularity_of,
)
from tests.engine.rankings import ranked_of


def context_of(counts, head, bonus=1.0):
    counts, head = np.array(counts), np.array(head)
    return TailContext(popularity_of(counts, head), head, bonus)


def test_the_dial_at_zero_changes_nothing():
    ranked = ranked_of([1, 3, 2])
    context = context_of([9, 5, 1], [True, False, False])
    assert apply_dial(ranked, Dial.turned_to(0.0, ranked, context)) is ranked


@pytest.mark.parametrize(("tail", "gained"), [(None, 1.0), (TUNED_AT, 1.0), (TUNED_AT / 2, 0.5)])
def test_up_to_the_tuned_point_a_tail_item_gains_a_part_of_the_bonus(tail, gained):
    ranked = ranked_of([1, 3, 2])
    dial = Dial.turned_to(tail, ranked, context_of([9, 5, 1], [True, False, False], bonus=1.0))
    assert dial.amounts(np.array([0, 1, 2])).tolist() == pytest.approx([0, gained, gained])
    assert [part.amount for part in dial.explain(1)] == pytest.approx([gained])
    assert dial.explain(0) == []


def test_without_a_tuned_bonus_it_is_a_part_of_the_spread():
    ranked = ranked_of([10, 20, 30])
    dial = Dial.turned_to(TUNED_AT, ranked, context_of([9, 5, 1], [True, False, False], None))
    spread = np.std([10, 20, 30])
    assert dial.amounts(np.array([2])).tolist() == pytest.approx([UNTUNED_BONUS * spread])


def test_beyond_the_tuned_point_popularity_costs_in_the_spread_of_the_scores():
    ranked = ranked_of([10, 20, 30])
    middle = (1 + TUNED_AT) / 2
    dial = Dial.turned_to(middle, ranked, context_of([0, 1, 3], [False] * 3, bonus=0.0))
    dialled = apply_dial(ranked, dial)
    spread = np.std([10, 20, 30])
    assert dict(zip(dialled.items.tolist(), dialled.scores, strict=True)) == pytest.approx(
        {0: 10, 1: 20 - spread * np.log(2), 2: 30 - spread * np.log(4)}
    )
    assert sum(contribution.amount for contribution in dial.explain(2)) == pytest.approx(
        -spread * np.log(4)
    )


@settings(deadline=None)
@given(st.data())
def test_turning_the_dial_up_never_lowers_the_share_of_the_tail(data):
    size = data.draw(st.integers(2, 25))
    scores = data.draw(st.lists(st.floats(-5, 5, width=16), min_size=size, max_size=size))
    counts = np.array(data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)))
    head = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    minimum, n = data.draw(st.sampled_from([0.0, 0.3])), data.draw(st.integers(1, size))
    bonus = data.draw(st.sampled_from([None, 0.0, 0.7, 5.0]))
    ranked, context = ranked_of(scores), context_of(counts, head, bonus)
    request, shares = Request(Query.of([]), n, min_tail_share=minimum), []
    for tail in (0.0, 0.01, *np.linspace(0.1, 1, 10).tolist()):
        dialled = apply_dial(ranked, Dial.turned_to(tail, ranked, context))
        quota = ExposureQuota(request.turned(tail).min_tail_share, ~head)
        listed = fill_quotas(dialled, n, [quota]).items
        if not tail:
            assert listed.tolist() == ranked.items[:n].tolist()
        shares.append((~head[listed]).mean())
    assert shares == sorted(shares)


def test_no_head_item_is_less_popular_than_a_tail_item():
    popularity = popularity_of(np.array([2, 9, 4]), np.array([True, False, True]))
    assert popularity == pytest.approx(np.log1p([9, 9, 9]))


def test_category_likeness_is_the_cosine_of_shared_categories():
    matrix = category_matrix([("a", "b"), ("a",), ("c",), ()])
    likeness = category_likeness(matrix, np.array([0, 1, 2, 3]))
    assert likeness[0].tolist() == pytest.approx([1, 1 / np.sqrt(2), 0, 0])
    assert likeness[3].tolist() == [0, 0, 0, 0]
