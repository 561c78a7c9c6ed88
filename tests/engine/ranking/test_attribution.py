from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.types import Contribution
from recommender.engine.ranking.attribution import Explanation, GroupedContribution, Reason, group

PARTS = [
    Contribution("item_knn", 2.0, item=4),
    Contribution("words", 0.5, word="basket"),
    Contribution("semantic", 1.0, item=7),
    Contribution("text_knn", 0.5, item=7),
    Contribution("words", 0.75, word="shoes"),
    Contribution("popularity", 0.25),
    Contribution("popularity_penalty", -1.0),
]


def test_parts_are_gathered_by_what_they_speak_of_most_first():
    explanation = group(PARTS)
    assert explanation.past_items == (GroupedContribution(4, 2.0), GroupedContribution(7, 1.5))
    assert explanation.words == (
        GroupedContribution("shoes", 0.75),
        GroupedContribution("basket", 0.5),
    )
    assert explanation.general == (
        GroupedContribution("popularity", 0.25),
        GroupedContribution("popularity_penalty", -1.0),
    )


def test_a_word_of_a_past_item_counts_for_the_item():
    assert group([Contribution("words", 1.0, item=3, word="tea")]).past_items == (
        GroupedContribution(3, 1.0),
    )


amounts = st.floats(-10, 10)
parts = st.builds(
    Contribution,
    st.sampled_from("abc"),
    amounts,
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(["tea", "茶"]),
)


@settings(deadline=None)
@given(st.lists(parts))
def test_nothing_of_the_score_is_lost(given_parts):
    assert group(given_parts).score == pytest.approx(
        sum(part.amount for part in given_parts), abs=1e-9
    )


@pytest.mark.parametrize(
    ("given_parts", "reason"),
    [
        (PARTS, Reason.PAST_ITEM),
        (
            [Contribution("words", 1.0, word="tea"), Contribution("item_knn", 0.9, item=1)],
            Reason.WORDS,
        ),
        ([Contribution("words", 0.2, word="tea"), Contribution("popularity", 0.9)], Reason.GENERAL),
        (
            [Contribution("tail_dial", -3.0), Contribution("item_knn", 0.1, item=1)],
            Reason.PAST_ITEM,
        ),
        ([], Reason.GENERAL),
    ],
)
def test_the_reason_is_what_speaks_most_for_the_item(given_parts, reason):
    assert group(given_parts).reason is reason


def test_an_empty_explanation_is_a_score_of_nothing():
    assert group([]) == Explanation((), (), ())
    assert group([]).score == 0
