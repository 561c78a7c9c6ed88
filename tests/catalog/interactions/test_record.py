from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.interactions.record import record_interaction, undo_interactions
from catalog.models import Interaction, Item, Profile
from tests.errors import error_of
from tests.factories import make_catalog, make_interaction, make_item, make_profile


def test_the_same_event_is_written_once(profile: Profile, items: list[Item]) -> None:
    first, was_new = record_interaction(profile=profile, item=items[0], kind="take", event_id="e1")
    again, new_again = record_interaction(
        profile=profile, item=items[0], kind="take", event_id="e1"
    )
    assert (was_new, new_again) == (True, False)
    assert again == first
    assert Interaction.objects.count() == 1


def test_without_an_event_id_every_call_is_stored(profile: Profile, items: list[Item]) -> None:
    for _turn in range(2):
        record_interaction(profile=profile, item=items[0], kind="view")
    assert Interaction.objects.count() == 2


def test_event_ids_are_unique_in_their_catalogue(profile: Profile, items: list[Item]) -> None:
    other = make_catalog()
    record_interaction(profile=profile, item=items[0], kind="take", event_id="e1")
    _row, was_new = record_interaction(
        profile=make_profile(other), item=make_item(other), kind="take", event_id="e1"
    )
    assert was_new


def test_an_event_id_cannot_be_used_for_two_events(profile: Profile, items: list[Item]) -> None:
    record_interaction(profile=profile, item=items[0], kind="take", event_id="e1")
    error = error_of(record_interaction, profile=profile, item=items[1], kind="take", event_id="e1")
    assert (error.code, error.status, error.details["value"]) == ("event_id_taken", 409, "e1")


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"kind": "bought"}, "kind", "bought"),
        ({"kind": "rate"}, "value", ""),
        ({"kind": "rate", "value": 5.5}, "value", "5.5"),
        ({"kind": "rate", "value": 0.0}, "value", "0.0"),
        ({"kind": "like", "value": -1}, "value", "-1"),
        ({"kind": "take", "value": -2e9}, "value", "-2000000000.0"),
        ({"kind": "take", "value": float("nan")}, "value", "nan"),
        ({"kind": "take", "value": True}, "value", "True"),
        ({"kind": "take", "event_id": "x" * 101}, "event_id", "x" * 79 + "…"),
    ],
)
def test_an_error_names_field_and_value(
    profile: Profile, items: list[Item], fields: dict, field: str, value: str
) -> None:
    error = error_of(record_interaction, profile=profile, item=items[0], **fields)
    assert (error.code, error.details["field"], error.details["value"]) == ("invalid", field, value)
    assert error.details["reason"]
    assert not Interaction.objects.exists()


def test_the_future_is_rejected_except_for_small_clock_differences(
    profile: Profile, items: list[Item]
) -> None:
    now = timezone.now()
    error = error_of(
        record_interaction,
        profile=profile,
        item=items[0],
        kind="take",
        created_at=now + timedelta(hours=1),
    )
    assert error.details["field"] == "created_at"
    row, _new = record_interaction(
        profile=profile, item=items[0], kind="take", created_at=now + timedelta(seconds=20)
    )
    assert row.created_at <= timezone.now()


def test_unavailable_items_can_be_disliked_or_logged_but_not_taken(
    profile: Profile, items: list[Item]
) -> None:
    items[0].available = False
    assert (
        error_of(record_interaction, profile=profile, item=items[0], kind="take").code
        == "item_unavailable"
    )
    record_interaction(profile=profile, item=items[0], kind="hide")
    record_interaction(
        profile=profile, item=items[0], kind="take", created_at=timezone.now() - timedelta(days=9)
    )


def test_an_item_of_another_catalogue_is_rejected(profile: Profile) -> None:
    error = error_of(
        record_interaction, profile=profile, item=make_item(make_catalog()), kind="take"
    )
    assert error.details["field"] == "item"


def test_undo_deletes_the_given_kinds(profile: Profile, items: list[Item]) -> None:
    for kind in ("like", "hide"):
        make_interaction(profile, items[0], kind)
    make_interaction(profile, items[1], "like")
    assert undo_interactions(profile=profile, item=items[0], kinds=["hide"]) == 1
    assert undo_interactions(profile=profile, item=items[0]) == 1
    assert Interaction.objects.get().item == items[1]
