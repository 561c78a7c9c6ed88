from __future__ import annotations

import pytest

from recommender.engine.data.types import Contribution
from recommender.explanations import explanations

CUP, POT = 4, 7


@pytest.fixture
def past(items):
    return {CUP: items[0], POT: items[1]}  # Red Mug, Blue Mug


CONTRIBUTIONS = [
    Contribution("item_knn", 2.0, item=CUP),
    Contribution("semantic", 0.5, item=CUP),
    Contribution("semantic", 1.0, item=POT),
    Contribution("words", 0.75, word="mug"),
    Contribution("words", 0.25, word="red"),
    Contribution("popularity", 0.5),
    Contribution("tail_dial", -1.0),
]


class TestGrouping:
    @pytest.fixture
    def explanation(self, items, past):
        return explanations.explain(items[2], CONTRIBUTIONS, past)

    def test_amounts_sum_to_the_score(self, explanation):
        assert explanation.score == pytest.approx(4.0)
        assert sum(share.amount for share in explanation.shares) == pytest.approx(4.0)
        assert sum(share.amount for share in explanation.by_scorer) == pytest.approx(4.0)

    def test_percents_are_of_all_absolute_amounts(self, explanation):
        assert sum(abs(share.percent) for share in explanation.shares) == pytest.approx(100)
        assert sum(abs(share.percent) for share in explanation.by_scorer) == pytest.approx(100)
        assert explanation.by_item[0].percent == pytest.approx(100 * 2.5 / 6)

    def test_a_past_item_counts_once_whoever_spoke_of_it(self, explanation, items):
        assert [(share.item, share.amount) for share in explanation.by_item] == [
            (items[0], 2.5),
            (items[1], 1.0),
        ]

    def test_each_group_comes_largest_first(self, explanation):
        assert [share.word for share in explanation.by_word] == ["mug", "red"]
        assert [share.scorer for share in explanation.general] == ["popularity", "tail_dial"]
        assert [share.amount for share in explanation.shares] == [2.5, 1.0, 0.75, 0.5, 0.25, -1.0]

    def test_the_line_of_a_past_item_is_that_of_its_largest_contribution(self, explanation):
        assert explanation.by_item[0].line == "People who chose “Red Mug” also chose this"
        assert explanation.by_item[1].line == "Similar to “Blue Mug”"


class TestReason:
    """One line: that of the largest group."""

    @pytest.mark.parametrize(
        ("contributions", "line"),
        [
            (
                [Contribution("words", 1, word="mug"), Contribution("item_knn", 0.5, item=CUP)],
                "From your interest in “mug”",
            ),
            (
                [Contribution("linear", 1, item=CUP), Contribution("words", 0.5, word="mug")],
                "People who chose “Red Mug” also chose this",
            ),
            ([Contribution("semantic", 1, item=POT)], "Similar to “Blue Mug”"),
            ([Contribution("text_knn", 1, item=POT)], "Goes with “Blue Mug”"),
            (
                [Contribution("popularity", 1), Contribution("words", 0.5, word="mug")],
                "Popular here",
            ),
            ([Contribution("popularity_penalty", -1.0)], "Popular here"),
            ([], "Popular here"),
            (
                [Contribution("age", 1.0), Contribution("popularity", 0.5)],
                "Its age and how it does lately speak for it",
            ),
            (
                [Contribution("taste", 1.0), Contribution("item_knn", 0.5, item=CUP)],
                "Suits people with a history like yours",
            ),
            (
                [Contribution("base", 9.0), Contribution("words", 0.5, word="mug")],
                "From your interest in “mug”",
            ),
            ([Contribution("base", 9.0), Contribution("taste", -1.0)], "Popular here"),
            ([Contribution("item_knn", 1, item=999)], "From an item in your history"),
        ],
    )
    def test_says_what_gave_most(self, past, contributions, line):
        assert explanations.reason(contributions, past) == line

    def test_names_the_dial_only_when_it_gained_more_than_all_else(self, past):
        contributions = [Contribution("words", 1.0, word="mug"), Contribution("tail_dial", -0.2)]
        assert (
            explanations.reason(contributions, past, dial_gain=0.9) == "From your interest in “mug”"
        )
        assert (
            explanations.reason(contributions, past, dial_gain=1.1)
            == "You asked for less known items"
        )

    def test_an_item_semantically_near_the_typed_text_is_not_called_popular(self, past):
        contributions = [Contribution("stated_preferences", 2.0), Contribution("popularity", 0.5)]
        assert explanations.reason(contributions, past) == "Similar to what you said you like"

    def test_what_nobody_knows_is_new_not_popular(self, past):
        assert explanations.reason([Contribution("popular", 0.0)], past, people=0) == "New here"
