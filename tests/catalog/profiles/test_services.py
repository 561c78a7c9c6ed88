from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalog.ingestion import bulk_writes
from catalog.ingestion.bulk_writes import record_interactions, upsert_items
from catalog.interactions.record import record_interaction, undo_interactions
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.profiles import services
from config.errors import AppError
from tests.factories import make_catalog, make_interaction, make_item, make_profile, make_user


def error_of(call, **fields) -> AppError:
    with pytest.raises(AppError) as caught:
        call(**fields)
    return caught.value


# One interaction


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
        ({"kind": "take", "value": -1}, "value", "-1"),
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


# Many interactions


def test_good_rows_are_written_and_bad_ones_listed(catalog: Catalog, items: list[Item]) -> None:
    good = {"user_id": "bob", "item_id": items[0].external_id, "kind": "take"}
    rows = [
        good,
        {**good, "item_id": "nowhere"},
        {**good, "kind": "x"},
        "no row",
        {**good, "user_id": ""},
        good,
    ]
    result = record_interactions(catalog=catalog, rows=rows)
    assert (result.created, result.repeated) == (2, 0)
    assert [(error.row, error.field, error.value) for error in result.errors] == [
        (2, "item_id", "nowhere"),
        (3, "kind", "x"),
        (4, "row", "no row"),
        (5, "user_id", ""),
    ]
    assert Interaction.objects.filter(profile__external_id="bob").count() == 2


def test_events_posted_twice_are_stored_once(catalog: Catalog, items: list[Item]) -> None:
    rows = [
        {
            "user_id": f"u{number % 3}",
            "item_id": items[number].external_id,
            "kind": "take",
            "event_id": f"e{number}",
        }
        for number in range(4)
    ]
    assert record_interactions(catalog=catalog, rows=[*rows, rows[0]]).repeated == 1
    again = record_interactions(catalog=catalog, rows=rows)
    assert (again.created, again.repeated, again.errors) == (0, 4, [])
    assert (Interaction.objects.count(), Profile.objects.count()) == (4, 3)


def test_an_event_id_used_for_two_events_is_a_bad_row(catalog: Catalog, items: list[Item]) -> None:
    row = {"user_id": "u", "item_id": items[0].external_id, "kind": "take", "event_id": "e"}
    result = record_interactions(
        catalog=catalog, rows=[row, {**row, "item_id": items[1].external_id}]
    )
    assert (result.created, [error.field for error in result.errors]) == (1, ["event_id"])


def test_rows_without_a_time_stay_in_order(catalog: Catalog, items: list[Item]) -> None:
    rows = [{"user_id": "u", "item_id": item.external_id, "kind": "take"} for item in items]
    record_interactions(catalog=catalog, rows=rows)
    assert [row.item_id for row in Interaction.objects.order_by("created_at")] == [
        item.pk for item in items
    ]


def test_an_event_that_another_request_wrote_meanwhile_counts_as_repeated(
    catalog: Catalog, profile: Profile, items: list[Item]
) -> None:
    rows = [
        {
            "user_id": "ann",
            "item_id": item.external_id,
            "kind": "take",
            "event_id": item.external_id,
        }
        for item in items[:2]
    ]
    really = bulk_writes.written_events
    looks = []

    def looked_too_early(*args):
        if not looks:
            make_interaction(profile, items[0], "take", event_id=items[0].external_id)
            looks.append("early")
            return {}
        return really(*args)

    with mock.patch.object(bulk_writes, "written_events", looked_too_early):
        result = record_interactions(catalog=catalog, rows=rows)
    assert (result.created, result.repeated, result.errors) == (1, 1, [])
    assert Interaction.objects.count() == 2


def test_other_conflicts_are_raised(catalog: Catalog, items: list[Item]) -> None:
    row = {"user_id": "u", "item_id": items[0].external_id, "kind": "take"}
    with (
        mock.patch.object(
            bulk_writes, "insert_events", side_effect=IntegrityError("profile is deleted")
        ),
        pytest.raises(IntegrityError),
    ):
        record_interactions(catalog=catalog, rows=[row])


def test_too_many_rows_are_rejected_at_once(catalog: Catalog) -> None:
    error = error_of(record_interactions, catalog=catalog, rows=[{}] * 10_001)
    assert (error.code, error.details["value"]) == ("too_many_rows", 10_001)


def test_the_number_of_queries_does_not_grow_with_the_rows(
    catalog: Catalog, items: list[Item], django_assert_max_num_queries
) -> None:
    rows = [
        {
            "user_id": f"u{number % 30}",
            "item_id": items[number % 6].external_id,
            "kind": "view",
            "event_id": str(number),
        }
        for number in range(100)
    ]
    with django_assert_max_num_queries(12):
        assert record_interactions(catalog=catalog, rows=rows).created == 100


# Items


def test_upsert_creates_changes_and_leaves_other_fields(catalog: Catalog) -> None:
    upsert_items(
        catalog=catalog,
        rows=[
            {
                "item_id": "a",
                "title": "Mug",
                "provider": "Kiln",
                "categories": "Kitchen|Mugs",
                "attributes": '{"p": 1}',
            }
        ],
    )
    before = Item.objects.get()
    result = upsert_items(
        catalog=catalog, rows=[{"item_id": "a", "title": "Big Mug"}, {"item_id": "b"}]
    )
    after = Item.objects.get(external_id="a")
    assert (result.created, result.updated, result.errors) == (1, 1, [])
    assert (after.pk, after.title, after.provider, after.attributes) == (
        before.pk,
        "Big Mug",
        "Kiln",
        {"p": 1},
    )
    assert after.category_names == ["Kitchen", "Mugs"]
    assert after.created_at == before.created_at


def test_upsert_changes_categories_and_their_order(catalog: Catalog) -> None:
    upsert_items(catalog=catalog, rows=[{"item_id": "a", "categories": ["x", "y", "x", " "]}])
    assert Item.objects.get().category_names == ["x", "y"]
    upsert_items(catalog=catalog, rows=[{"item_id": "a", "categories": ["y", "x"]}])
    assert Item.objects.get().category_names == ["y", "x"]
    upsert_items(catalog=catalog, rows=[{"item_id": "a", "categories": []}])
    assert Item.objects.get().category_names == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"item_id": " "}, "item_id"),
        ({"item_id": "a", "title": "x" * 501}, "title"),
        ({"item_id": "a", "title": "nul\x00"}, "title"),
        ({"item_id": "a", "title": "half \ud83d"}, "title"),
        ({"item_id": "a", "title": ["x"]}, "title"),
        ({"item_id": "a", "language": "english, I think"}, "language"),
        ({"item_id": "a", "attributes": "[1]"}, "attributes"),
        ({"item_id": "a", "attributes": {"x": "\x00"}}, "attributes"),
        ({"item_id": "a", "available": "maybe"}, "available"),
        ({"item_id": "a", "created_at": "yesterday"}, "created_at"),
        ({"item_id": "a", "created_at": 1700000000000}, "created_at"),
        ({"item_id": "a", "categories": 3}, "categories"),
        ({"item_id": "a", "categories": [str(number) for number in range(51)]}, "categories"),
    ],
)
def test_a_bad_item_row_is_listed(catalog: Catalog, row: dict, field: str) -> None:
    result = upsert_items(catalog=catalog, rows=[row, {"item_id": "good"}])
    assert (result.created, [(error.row, error.field) for error in result.errors]) == (
        1,
        [(1, field)],
    )


def test_the_second_row_of_an_item_is_an_error(catalog: Catalog) -> None:
    result = upsert_items(
        catalog=catalog, rows=[{"item_id": "a", "title": "1"}, {"item_id": "a", "title": "2"}]
    )
    assert [(error.row, error.value) for error in result.errors] == [(2, "a")]
    assert Item.objects.get().title == "1"


# Profiles


def test_a_profile_is_created_once_per_id(catalog: Catalog) -> None:
    first = services.get_or_create_profile(catalog=catalog, external_id="zoe")
    assert services.get_or_create_profile(catalog=catalog, external_id="zoe") == first
    assert (
        error_of(services.get_or_create_profile, catalog=catalog, external_id="").details["field"]
        == "user_id"
    )


def test_save_profile_names_the_bad_field(profile: Profile) -> None:
    profile.tail = 3.0
    error = error_of(services.save_profile, profile=profile)
    assert (error.details["field"], error.details["value"]) == ("tail", 3.0)


def test_merging_moves_events_and_settings(catalog: Catalog, items: list[Item], user) -> None:
    source = make_profile(catalog, external_id=None, tail=0.8)
    target = make_profile(catalog, user=user)
    make_interaction(source, items[0], event_id="e1")
    make_interaction(target, items[1])
    merged = services.merge_profiles(source=source, target=target)
    assert (merged.pk, merged.tail) == (target.pk, 0.8)
    assert set(merged.interactions.values_list("event_id", flat=True)) == {"e1", None}
    assert Profile.objects.count() == 1


def test_the_target_of_a_merge_retains_its_dial(catalog: Catalog) -> None:
    source, target = (
        make_profile(catalog, external_id=None, tail=0.8),
        make_profile(catalog, tail=0.1),
    )
    assert services.merge_profiles(source=source, target=target).tail == 0.1


def test_merging_twice_is_an_error(catalog: Catalog) -> None:
    source, target = make_profile(catalog), make_profile(catalog)
    services.merge_profiles(source=Profile.objects.get(pk=source.pk), target=target)
    assert error_of(services.merge_profiles, source=source, target=target).code == "deleted"


def test_a_claimed_profile_becomes_the_accounts(catalog: Catalog, user) -> None:
    visit = make_profile(catalog, external_id=None)
    assert services.claim_profile(profile=visit, user=user).pk == visit.pk
    assert Profile.objects.get(user=user).pk == visit.pk
    assert error_of(services.claim_profile, profile=visit, user=make_user()).code == "profile_taken"


def test_a_second_visit_is_merged_into_the_accounts_profile(
    catalog: Catalog, items: list[Item], user
) -> None:
    own, visit = make_profile(catalog, user=user), make_profile(catalog, external_id=None)
    make_interaction(visit, items[0])
    assert services.claim_profile(profile=visit, user=user).pk == own.pk
    assert own.interactions.count() == 1


def test_the_dial_stays_within_the_catalogues_limits(profile: Profile) -> None:
    profile.catalog.tail_max = 0.7
    assert services.set_tail(profile=profile, tail=0.7).tail == 0.7
    assert error_of(services.set_tail, profile=profile, tail=0.8).details["value"] == 0.8
    assert error_of(services.set_tail, profile=profile, tail="far").details["field"] == "tail"
    assert services.set_tail(profile=profile, tail=None).tail is None
    profile.refresh_from_db()
    assert profile.tail is None


def test_deleting_a_profile_deletes_its_events(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[0])
    services.delete_profile(profile=profile)
    assert not Interaction.objects.exists()
