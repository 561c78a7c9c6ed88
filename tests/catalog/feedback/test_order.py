"""Each row of a test is what one person did with one item, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.feedback.order import Decided, decide, pair_numbers
from catalog.feedback.signs import Events
from catalog.models.event_kinds import Kinds, preset_rows
from catalog.models.event_rules import EventRules

RULES = EventRules(Kinds(preset_rows()), "1-5")
Act = str | tuple[str, float]


def after(*acts: Act, pairs: list[int] | None = None) -> Decided:
    done = [(act, None) if isinstance(act, str) else act for act in acts]
    events = Events.of(RULES, [kind for kind, _value in done], [value for _kind, value in done])
    return decide(RULES, np.array(pairs or [0] * len(done)), events)


def reasons(*acts: Act) -> list[int]:
    return np.flatnonzero(after(*acts).reasons).tolist()


def turned_down(*acts: Act) -> list[int]:
    return np.flatnonzero(after(*acts).turned_down).tolist()


@pytest.mark.parametrize("last", ["dislike", "hide", ("rate", 1.0), ("rate", 2.0)])
@pytest.mark.parametrize("first", ["like", "take", "view", "purchase", ("rate", 5.0)])
def test_a_later_dislike_wins(first: Act, last: Act) -> None:
    assert reasons(first, last) == []
    assert turned_down(first, last) == [1]


@pytest.mark.parametrize("last", ["like", "take", "purchase", ("rate", 5.0)])
@pytest.mark.parametrize("first", ["dislike", "hide", ("rate", 1.0)])
def test_a_later_like_wins(first: Act, last: Act) -> None:
    assert reasons(first, last) == [1]
    assert turned_down(first, last) == []


def test_what_is_neither_does_not_decide() -> None:
    assert reasons("like", "view") == [0, 1]
    assert reasons("like", ("rate", 3.0)) == [0, 1]
    assert reasons("dislike", "view") == []
    assert turned_down("dislike", "view", ("rate", 3.0)) == [0]


def test_only_the_latest_rating_counts() -> None:
    assert reasons(("rate", 5.0), ("rate", 3.0)) == [1]
    assert reasons(("rate", 1.0), ("rate", 3.0)) == [1]
    assert turned_down(("rate", 5.0), ("rate", 1.0), ("rate", 2.0)) == [2]


@pytest.mark.parametrize("back", ["refund", ("refund", 1.0), ("purchase", -1.0)])
def test_what_was_given_back_is_removed(back: Act) -> None:
    found = after("purchase", back)
    assert not found.stands.any()
    assert not found.reasons.any()


def test_pieces_add_up() -> None:
    assert reasons(("purchase", 3.0), ("purchase", -1.0)) == [0]
    assert reasons(("purchase", 3.0), ("purchase", -1.0), ("purchase", -2.0)) == []
    assert reasons(("purchase", 3.0), "refund") == []
    assert reasons("purchase", "purchase", "refund") == [0]
    assert reasons(("purchase", 2.0), ("purchase", 2.0), ("purchase", -3.0)) == [0]


def test_a_refund_takes_back_what_it_names_and_nothing_later() -> None:
    assert reasons("take", "refund") == []
    assert reasons("like", "refund") == [0]
    assert reasons("refund", "purchase") == [1]
    assert reasons("purchase", "refund", "purchase") == [2]
    assert reasons("add_to_cart", "remove_from_cart") == []


def test_a_refund_does_not_bring_back_what_was_turned_down() -> None:
    assert turned_down("purchase", "dislike", "refund") == [1]


def test_other_people_and_items_are_left_alone() -> None:
    found = after("like", "like", "dislike", pairs=[0, 1, 1])
    assert found.reasons.tolist() == [True, False, False]
    numbers = pair_numbers(np.array([1, 1, 2, 2]), np.array([0, 5, 0, 5]))
    assert len(set(numbers.tolist())) == 4


ACTS = st.sampled_from(
    ["view", "like", "take", "dislike", "hide", "purchase", "refund", ("rate", 1.0), ("rate", 3.0),
     ("rate", 5.0), ("purchase", -1.0), "add_to_cart"]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(ACTS, st.integers(0, 2)), max_size=12))
def test_pairs_are_decided_each_by_itself(rows: list[tuple[Act, int]]) -> None:
    together = after(*(act for act, _pair in rows), pairs=[pair for _act, pair in rows])
    for pair in range(3):
        alone = after(*(act for act, of_pair in rows if of_pair == pair))
        mask = np.array([of_pair == pair for _act, of_pair in rows], dtype=bool)
        np.testing.assert_array_equal(together.reasons[mask], alone.reasons)
        np.testing.assert_array_equal(together.turned_down[mask], alone.turned_down)
        assert alone.turned_down.sum() <= 1
        assert not (alone.turned_down.any() and alone.reasons.any())
