from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from catalog.models.event_kinds import (
    CHOSEN_KINDS,
    KNOWN_KINDS,
    NEGATIVE_KINDS,
    Kind,
    default_weights,
    validate_weights,
)


def test_the_default_table_is_valid_and_a_view_weighs_least() -> None:
    weights = default_weights()
    validate_weights(weights)
    assert 0 < weights["view"] < min(weights[kind] for kind in CHOSEN_KINDS)


def test_each_catalogue_has_its_own_table() -> None:
    default_weights()["view"] = 9
    assert default_weights()["view"] != 9


@pytest.mark.parametrize(
    "change",
    [{"bought": 1}, {"view": -0.1}, {"view": 10.1}, {"view": "1"}, {"view": True}, {"view": None}],
)
def test_bad_tables_are_rejected(change: dict) -> None:
    with pytest.raises(ValidationError):
        validate_weights(default_weights() | change)


@pytest.mark.parametrize("value", [[], {}, {"view": 1}])
def test_a_table_needs_every_kind(value: object) -> None:
    with pytest.raises(ValidationError):
        validate_weights(value)


def test_every_kind_but_a_view_makes_an_item_known() -> None:
    assert set(Kind) - KNOWN_KINDS == {Kind.VIEW}
    assert not CHOSEN_KINDS & NEGATIVE_KINDS
