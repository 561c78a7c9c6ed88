from __future__ import annotations

from unittest import mock

import pytest
from django.db import IntegrityError

from catalog.ingestion import bulk_writes
from catalog.ingestion.bulk_writes import record_interactions, upsert_items
from catalog.models import Catalog, Interaction, Item, Profile
from tests.errors import error_of
from tests.factories import make_interaction


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
        ({"item_id": "a", "title": "x" * 5001}, "title"),
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
        ({"item_id": "a", "categories": [str(number) for number in range(2001)]}, "categories"),
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


def test_a_few_known_events_of_a_long_batch_are_found(catalog: Catalog, items: list[Item]) -> None:
    """A sample of the batch looks new, so the ids are looked up only after the first try."""
    rows = [
        {
            "user_id": f"u{number}",
            "item_id": items[0].external_id,
            "kind": "take",
            "event_id": number,
        }
        for number in range(300)
    ]
    record_interactions(catalog=catalog, rows=rows[1:5])
    result = record_interactions(catalog=catalog, rows=rows)
    assert (result.created, result.repeated, result.errors) == (296, 4, [])
    assert Interaction.objects.count() == 300
