from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.metrics import category_matrix
from recommender.engine.stages.ranking import Ranked
from recommender.engine.stages.reranking import Dial, category_likeness, diversify, keep_tail, popularity_of, turn


def ranked_of(scores) -> Ranked:
    values = np.asarray(scores, dtype=np.float64)
    items = np.arange(len(values), dtype=np.int32)
    return Ranked(items, values, np.ones(len(values), dtype=np.uint16), ("history",)).by(values)


def test_the_dial_at_none_or_zero_leaves_the_order_and_scores():
    ranked = ranked_of([1, 3, 2])
    popularity = popularity_of(np.array([9, 5, 1]), np.array([True, False, False]))
    for tail in (None, 0.0):
        assert turn(ranked, Dial.turned_to(tail, ranked, popularity)) is ranked


def test_the_dial_prices_popularity_in_the_spread_of_the_scores():
    ranked, counts = ranked_of([10, 20, 30]), np.array([0, 1, 3])
    dial = Dial.turned_to(0.5, ranked, popularity_of(counts, np.zeros(3, dtype=bool)))
    turned = turn(ranked, dial)
    spread = np.std([10, 20, 30])
    assert dict(zip(turned.items.tolist(), turned.scores, strict=True)) == pytest.approx(
        {0: 10, 1: 20 - spread * np.log(2), 2: 30 - spread * np.log(4)}
    )
    assert sum(part.amount for part in dial.explain(2)) == pytest.approx(-spread * np.log(4))
    assert dial.explain(0) == []


@settings(deadline=None)
@given(st.data())
def test_turning_the_dial_up_never_lowers_the_share_of_the_tail(data):
    size = data.draw(st.integers(2, 25))
    scores = data.draw(st.lists(st.floats(-5, 5, width=16), min_size=size, max_size=size))
    counts = np.array(data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)))
    head = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    least, n = data.draw(st.sampled_from([0.0, 0.3])), data.draw(st.integers(1, size))
    ranked, popularity = ranked_of(scores), popularity_of(counts, head)
    shares = []
    for tail in np.linspace(0, 1, 9):
        turned = turn(ranked, Dial.turned_to(float(tail), ranked, popularity))
        shares.append((~head[keep_tail(turned, n, least, head).items]).mean())
    assert shares == sorted(shares)


def test_no_head_item_counts_as_less_popular_than_a_tail_item():
    popularity = popularity_of(np.array([2, 9, 4]), np.array([True, False, True]))
    assert popularity == pytest.approx(np.log1p([9, 9, 9]))


def test_the_minimum_of_tail_takes_the_places_of_the_worst_head_items():
    head = np.array([True, True, True, True, False, False, False])
    ranked = ranked_of([9, 8, 7, 6, 5, 4, 3])
    assert keep_tail(ranked, 4, 0.5, head).items.tolist() == [0, 1, 4, 5]
    assert keep_tail(ranked, 4, 0.01, head).items.tolist() == [0, 1, 2, 4]
    assert keep_tail(ranked, 4, 0.0, head).items.tolist() == [0, 1, 2, 3]
    assert keep_tail(ranked, 4, 1.0, head).items.tolist() == [0, 4, 5, 6]
    assert keep_tail(ranked, 9, 1.0, head).items.tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_variety_prefers_the_unlike_of_equals():
    likeness = np.eye(4)
    likeness[0, 1] = likeness[1, 0] = 1.0
    ranked = ranked_of([1.0, 0.95, 0.9, 0.0])
    chosen = diversify(ranked, 3, 0.5, lambda items: likeness[np.ix_(items, items)])
    assert chosen.items.tolist()[:2] == [0, 2]
    assert sorted(chosen.items.tolist()) == [0, 1, 2, 3]
    assert diversify(ranked, 3, 0.0, lambda items: likeness).items.tolist() == [0, 1, 2, 3]


def test_variety_remembers_all_that_was_chosen():
    likeness = np.eye(4)
    likeness[0, 2] = likeness[2, 0] = 1.0
    chosen = diversify(ranked_of([1.0, 0.99, 0.98, 0.9, 0.0]).take(np.arange(4)), 3, 0.5, lambda items: likeness)
    assert chosen.items.tolist()[:3] == [0, 1, 3]


def test_category_likeness_is_the_cosine_of_shared_categories():
    matrix = category_matrix([("a", "b"), ("a",), ("c",), ()])
    likeness = category_likeness(matrix, np.array([0, 1, 2, 3]))
    assert likeness[0].tolist() == pytest.approx([1, 1 / np.sqrt(2), 0, 0])
    assert likeness[3].tolist() == [0, 0, 0, 0]
