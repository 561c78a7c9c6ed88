from __future__ import annotations

import numpy as np
import pytest

from catalog.feedback.signs import Events, Signs, signs_of
from catalog.models.event_kinds import Kinds, preset_rows
from catalog.models.event_rules import EventRules
from catalog.models.rating_scales import RANGES

KINDS = Kinds(preset_rows())


def said(kind: str, value: float | None = None, *, scale: str = "1-5", zero: bool = False) -> Signs:
    rules = EventRules(KINDS, scale, zero)
    return signs_of(rules, Events.of(rules, [kind], [value]))


def sign(kind: str, value: float | None = None, **options: object) -> int:
    return int(said(kind, value, **options).signs[0])  # type: ignore[arg-type]


def weight(kind: str, value: float | None = None, **options: object) -> float:
    return float(said(kind, value, **options).weights[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("view", 0), ("click", 0), ("like", 1), ("take", 1), ("purchase", 1), ("dislike", -1)],
)
def test_a_kind_has_a_sign(kind: str, expected: int) -> None:
    assert sign(kind) == expected


def test_a_view_is_weak_and_its_minutes_say_nothing() -> None:
    assert 0 < weight("view") < weight("add_to_cart") < weight("purchase")
    assert weight("view", 300.0) == weight("view")


@pytest.mark.parametrize(
    ("scale", "negative", "neutral", "positive"),
    [
        ("1-5", [0.5, 1, 2], [2.5, 3], [3.5, 4, 5]),
        ("1-10", [1, 4], [5, 6], [7, 10]),
        ("0-100", [0, 40], [50, 60], [70, 100]),
        ("0-1", [0], [0.3], [1]),
        ("thumbs", [-1], [0], [1]),
    ],
)
def test_the_value_of_a_rating_decides(scale, negative, neutral, positive) -> None:
    assert {sign("rate", value, scale=scale) for value in negative} == {-1}
    assert {sign("rate", value, scale=scale) for value in neutral} == {0}
    assert {sign("rate", value, scale=scale) for value in positive} == {1}


def test_a_rating_counts_by_its_height_and_a_neutral_one_little() -> None:
    weights = [weight("rate", stars) for stars in (1, 3, 4, 5)]
    assert weights[0] == 0 < weights[1] < weights[2] < weights[3] == 1


def test_zero_may_mean_no_rating() -> None:
    assert sign("rate", 0.0, scale="0-100") == -1
    assert sign("rate", 0.0, scale="0-100", zero=True) == 1
    assert weight("rate", 0.0, scale="1-10", zero=True) == 1
    assert np.isnan(said("rate", 0.0, scale="1-10", zero=True).ratings[0])


@pytest.mark.parametrize(("value", "expected"), [(None, 1), (1, 1), (0, 1), (10, 2), (10_000, 2)])
def test_more_pieces_say_more_but_not_without_end(value, expected) -> None:
    assert weight("take", value) == pytest.approx(expected)
    assert weight("purchase", value) == pytest.approx(expected)


def test_an_unknown_kind_says_nothing() -> None:
    assert (sign("borrow"), weight("borrow")) == (0, 0)


def test_every_scale_has_its_bounds_in_order() -> None:
    assert all(each.low <= each.bad < each.good <= each.high for each in RANGES.values())


def of_pieces(kind: str, value: float | None, quantity: float | None) -> Signs:
    rules = EventRules(KINDS, "1-5")
    return signs_of(rules, Events.of(rules, [kind], [value], [quantity]))


def test_the_quantity_of_an_order_line_counts_as_pieces() -> None:
    ten = of_pieces("purchase", None, 10)
    assert ten.pieces[0] == 10
    assert ten.weights[0] == weight("purchase", 10) > weight("purchase")
    assert of_pieces("purchase", 1, 10).weights[0] == ten.weights[0]
    assert of_pieces("view", None, 10).weights[0] == weight("view")


def test_a_value_below_0_gives_the_quantity_back() -> None:
    assert of_pieces("purchase", -1, 3).pieces[0] == -3
