from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.types import Contribution
from recommender.engine.ranking.attribution import Explanation, GroupedContribution, Reason, group

CONTRIBUTIONS = [
    Contribution("item_knn", 2.0, item=4),
    Contribution("words", 0.5, word="basket"),
    Contribution("semantic", 1.0, item=7),
    Contribution("text_knn", 0.5, item=7),
    Contribution("words", 0.75, word="shoes"),
    Contribution("popularity", 0.25),
    Contribution("popularity_penalty", -1.0),
]


def test_contributions_are_grouped_by_subject_largest_first():
    explanation = group(CONTRIBUTIONS)
    assert explanation.past_items == (GroupedContribution(4, 2.0), GroupedContribution(7, 1.5))
    assert explanation.words == (
        GroupedContribution("shoes", 0.75),
        GroupedContribution("basket", 0.5),
    )
    assert explanation.general == (
        GroupedContribution("popularity", 0.25),
        GroupedContribution("popularity_penalty", -1.0),
    )


def test_a_contribution_with_item_and_word_counts_for_the_item():
    assert group([Contribution("words", 1.0, item=3, word="tea")]).past_items == (
        GroupedContribution(3, 1.0),
    )


amounts = st.floats(-10, 10)
contribution_strategy = st.builds(
    Contribution,
    st.sampled_from("abc"),
    amounts,
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(["tea", "茶"]),
)


@settings(deadline=None)
@given(st.lists(contribution_strategy))
def test_the_groups_sum_to_the_score(contributions):
    assert group(contributions).score == pytest.approx(
        sum(contribution.amount for contribution in contributions), abs=1e-9
    )


@pytest.mark.parametrize(
    ("contributions", "reason"),
    [
        (CONTRIBUTIONS, Reason.PAST_ITEM),
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
def test_the_reason_is_the_group_with_the_largest_gain(contributions, reason):
    assert group(contributions).reason is reason


def test_an_empty_explanation_has_score_0():
    assert group([]) == Explanation((), (), ())
    assert group([]).score == 0
