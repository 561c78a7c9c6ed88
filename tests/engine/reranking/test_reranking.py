from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.categories import category_matrix
from recommender.engine.reranking.exposure_quotas import ExposureQuota, fill_quotas
from recommender.engine.reranking.reranking import (
    Dial,
    apply_dial,
    category_likeness,
    popularity_of,
)
from tests.engine.rankings import ranked_of


def test_the_dial_at_none_or_zero_changes_nothing():
    ranked = ranked_of([1, 3, 2])
    popularity = popularity_of(np.array([9, 5, 1]), np.array([True, False, False]))
    for tail in (None, 0.0):
        assert apply_dial(ranked, Dial.turned_to(tail, ranked, popularity)) is ranked


def test_the_dial_prices_popularity_in_the_spread_of_the_scores():
    ranked, counts = ranked_of([10, 20, 30]), np.array([0, 1, 3])
    dial = Dial.turned_to(0.5, ranked, popularity_of(counts, np.zeros(3, dtype=bool)))
    dialled = apply_dial(ranked, dial)
    spread = np.std([10, 20, 30])
    assert dict(zip(dialled.items.tolist(), dialled.scores, strict=True)) == pytest.approx(
        {0: 10, 1: 20 - spread * np.log(2), 2: 30 - spread * np.log(4)}
    )
    assert sum(contribution.amount for contribution in dial.explain(2)) == pytest.approx(
        -spread * np.log(4)
    )
    assert dial.explain(0) == []


@settings(deadline=None)
@given(st.data())
def test_turning_the_dial_up_never_lowers_the_share_of_the_tail(data):
    size = data.draw(st.integers(2, 25))
    scores = data.draw(st.lists(st.floats(-5, 5, width=16), min_size=size, max_size=size))
    counts = np.array(data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)))
    head = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    minimum, n = data.draw(st.sampled_from([0.0, 0.3])), data.draw(st.integers(1, size))
    ranked, popularity = ranked_of(scores), popularity_of(counts, head)
    shares = []
    for tail in np.linspace(0, 1, 9):
        dialled = apply_dial(ranked, Dial.turned_to(float(tail), ranked, popularity))
        shares.append(
            (~head[fill_quotas(dialled, n, [ExposureQuota(minimum, ~head)]).items]).mean()
        )
    assert shares == sorted(shares)


def test_no_head_item_is_less_popular_than_a_tail_item():
    popularity = popularity_of(np.array([2, 9, 4]), np.array([True, False, True]))
    assert popularity == pytest.approx(np.log1p([9, 9, 9]))


def test_category_likeness_is_the_cosine_of_shared_categories():
    matrix = category_matrix([("a", "b"), ("a",), ("c",), ()])
    likeness = category_likeness(matrix, np.array([0, 1, 2, 3]))
    assert likeness[0].tolist() == pytest.approx([1, 1 / np.sqrt(2), 0, 0])
    assert likeness[3].tolist() == [0, 0, 0, 0]
