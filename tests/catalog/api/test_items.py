from __future__ import annotations

from urllib.parse import quote

import pytest

from catalog.models import Catalog, Interaction, Item, Profile
from tests.api_clients import Program, only_problem
from tests.factories import make_catalog, make_interaction, make_item

URL_ID = "https://example.org/courses/python?level=1&lang=中文#top"


def ids(answer: dict) -> list[str]:
    return [item["item_id"] for item in answer["results"]]


def test_an_item_is_created_read_changed_replaced_and_deleted(
    api: Program, catalog: Catalog
) -> None:
    created = api.post(
        "items",
        {"item_id": "b-1", "title": "Python", "categories": ["Books", "Code"], "provider": "OP"},
    )
    assert api.response.headers["Location"].endswith("/api/v1/catalogs/shop/items/b-1")
    assert created["categories"] == ["Books", "Code"]
    assert created["available"] is True

    assert api.send("patch", "items/b-1", {"title": "Python Basics"})["provider"] == "OP"
    replaced = api.send("put", "items/b-1", {"title": "Python 3"})
    assert (replaced["title"], replaced["provider"], replaced["categories"]) == ("Python 3", "", [])
    assert replaced["created_at"] == created["created_at"]
    assert api.get("items/b-1") == replaced

    api.delete("items/b-1")
    assert "b-1" in api.get("items/b-1", 404)["message"]


def test_an_answer_can_be_sent_back(api: Program, items: list[Item]) -> None:
    item = api.get(f"items/{items[0].external_id}")
    assert api.send("put", f"items/{items[0].external_id}", item) == item


def test_creating_an_item_twice_is_rejected_and_changes_nothing(api: Program) -> None:
    api.post("items", {"item_id": "b-1", "title": "First"})
    assert api.post("items", {"item_id": "b-1", "title": "Second"}, 409)["code"] == "item_exists"
    assert api.get("items/b-1")["title"] == "First"


def test_put_creates_what_is_not_there_and_patch_does_not(api: Program) -> None:
    assert api.send("put", "items/new", {"title": "New"}, 201)["item_id"] == "new"
    api.send("patch", "items/newer", {"title": "Newer"}, 404)


@pytest.mark.parametrize(
    "item_id", [URL_ID, "yoga/sun salutation", "a//b", "50% off", "bulk", "x/similar", "..", "a+b"]
)
def test_any_id_is_reached_when_it_is_percent_encoded(api: Program, item_id: str) -> None:
    address = "items/" + quote(item_id, safe="")
    if item_id in ("bulk", "x/similar"):  # these addresses are for something else
        api.send("put", address, {"title": "Odd id"}, 405)
        assert "POST items" in api.response.json()["message"]
        api.post("items", {"item_id": item_id, "title": "Odd id"})
    else:
        api.send("put", address, {"title": "Odd id"}, 201)
    assert Item.objects.get().external_id == item_id
    assert api.get(address)["item_id"] == item_id
    assert api.send("patch", address, {"title": "Odd"})["title"] == "Odd"
    assert ids(api.get("items", item_id=item_id)) == [item_id]
    api.delete(address)
    assert not Item.objects.exists()


def test_the_location_of_a_new_item_leads_to_it(api: Program) -> None:
    api.post("items", {"item_id": URL_ID, "title": "Odd id"})
    location = api.response.headers["Location"]
    assert "%2Fcourses%2Fpython" in location
    assert api.client.get(location).json()["item_id"] == URL_ID


def test_plain_slashes_in_the_path_reach_the_item_too(api: Program, catalog: Catalog) -> None:
    make_item(catalog, external_id="yoga/sun")
    assert api.get("items/yoga/sun")["item_id"] == "yoga/sun"


def test_the_list_is_filtered(api: Program, items: list[Item], catalog: Catalog) -> None:
    unavailable = make_item(
        catalog, title="Gone", available=False, provider="Acme", language="en", categories=["Mugs"]
    )
    make_item(make_catalog(), title="Mug of another catalogue")
    assert len(ids(api.get("items"))) == 7
    assert len(ids(api.get("items", category="Mugs"))) == 4
    assert ids(api.get("items", provider="Acme")) == [unavailable.external_id]
    assert ids(api.get("items", language="EN")) == [unavailable.external_id]
    assert ids(api.get("items", available="false")) == [unavailable.external_id]
    assert ids(api.get("items", search="blue")) == [items[1].external_id]
    after = api.get("items", created_after=items[3].created_at.isoformat())
    assert ids(after) == [items[4].external_id, items[5].external_id, unavailable.external_id]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"category": "Cars"}, "category"),
        ({"available": "maybe"}, "available"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_after": "0001-01-01T00:00:00+14:00"}, "created_after"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"categroy": "Mugs"}, "categroy"),
    ],
)
def test_bad_filters_of_the_list_are_rejected(
    api: Program, items: list[Item], query: dict, field: str
) -> None:
    assert only_problem(api.get("items", 400, **query))[:2] == (field, next(iter(query.values())))


def test_pages_follow_each_other_without_gap_or_repeat(
    api: Program, items: list[Item], catalog: Catalog
) -> None:
    page = api.get("items", limit=4)
    make_item(catalog, title="Arrived meanwhile")
    rest = api.client.get(page["next"]).json()
    assert page["previous"] is None
    assert rest["next"] is None
    assert ids(page) + ids(rest) == list(Item.objects.values_list("external_id", flat=True))


def test_the_number_of_queries_does_not_grow_with_the_list(
    api: Program, items: list[Item], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(4):  # key, catalogue, items, categories
        api.get("items")


def test_deleting_an_item_deletes_its_interactions(
    api: Program, items: list[Item], profile: Profile
) -> None:
    make_interaction(profile, items[0])
    make_interaction(profile, items[1])
    api.delete(f"items/{items[0].external_id}")
    assert Interaction.objects.get().item == items[1]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "No id"}, "item_id"),
        ({"item_id": ""}, "item_id"),
        ({"item_id": "x" * 256}, "item_id"),
        ({"item_id": "x", "titel": "Mug"}, "titel"),
        ({"item_id": "x", "categories": "Mugs"}, "categories"),
        ({"item_id": "x", "categories": ["Mugs", None]}, "categories"),
        ({"item_id": "x", "attributes": [1]}, "attributes"),
        ({"item_id": "x", "available": "perhaps"}, "available"),
        ({"item_id": "x", "created_at": "0001-01-01T00:00:00+14:00"}, "created_at"),
        ({"item_id": "x", "created_at": "2999-01-01T00:00:00Z"}, "created_at"),
        ({"item_id": "x", "language": "not a code"}, "language"),
        ({"item_id": "a\x00b"}, "item_id"),
        ([], "body"),
        ("item", "body"),
    ],
)
def test_a_bad_item_is_rejected_with_field_and_value(
    api: Program, body: object, field: str
) -> None:
    assert only_problem(api.post("items", body, 400))[0] == field
    assert not Item.objects.exists()


def test_bulk_writes_good_rows_and_lists_bad_ones(api: Program, catalog: Catalog) -> None:
    make_item(catalog, external_id="old", title="Old")
    rows = [
        {"item_id": "a", "title": "A", "categories": ["Mugs"]},
        {"item_id": "b", "titel": "B"},
        {"title": "no id"},
        "not an object",
        {"item_id": "old", "title": "Changed"},
        {"item_id": "a", "title": "A again"},
    ]
    answer = api.post("items/bulk", {"items": rows}, 207)
    assert (answer["created"], answer["updated"]) == (1, 1)
    assert [(error["row"], error["field"]) for error in answer["errors"]] == [
        (2, "titel"), (3, "item_id"), (4, "row"), (6, "item_id"),
    ]  # fmt: skip
    assert "title" in answer["errors"][0]["reason"]
    assert api.get("items/a")["categories"] == ["Mugs"]
    assert api.get("items/old")["title"] == "Changed"


def test_bulk_without_errors_is_a_plain_200(api: Program) -> None:
    answer = api.post("items/bulk", {"items": [{"item_id": "a"}]}, 200)
    counts = {"created": 1, "updated": 0, "unchanged": 0, "items_created": 0, "repeated": 0}
    assert answer == {**counts, "errors": []}


def test_bulk_rejects_rows_with_times_that_no_database_can_store(api: Program) -> None:
    rows = [
        {"item_id": "a", "created_at": "0001-01-01T00:00:00+14:00"},
        {"item_id": "b", "created_at": 10**400},
    ]
    answer = api.post("items/bulk", {"items": rows}, 207)
    assert [error["field"] for error in answer["errors"]] == ["created_at", "created_at"]


def test_an_item_called_bulk_is_an_item(api: Program, catalog: Catalog) -> None:
    make_item(catalog, external_id="bulk", title="In bulk")
    assert api.get("items/bulk")["title"] == "In bulk"


def test_an_item_has_price_stock_image_group_and_sale_window(api: Program) -> None:
    shop = {
        "price": 12.5, "currency": "EUR", "stock": 3, "image_url": "https://cdn.example/a.jpg",
        "group": "shirt", "available_from": "2030-01-01T00:00:00Z",
        "available_until": "2030-02-01T00:00:00Z",
    }  # fmt: skip
    made = api.post("items", {"item_id": "a", **shop})
    assert {name: made[name] for name in shop} == shop
    changed = api.send("patch", "items/a", {"stock": 0, "price": None, "currency": ""})
    assert (changed["stock"], changed["price"], changed["currency"]) == (0, None, "")
    assert changed["group"] == "shirt"
    emptied = api.send("put", "items/a", {"title": "A"})
    assert (emptied["group"], emptied["stock"], emptied["available_from"]) == ("", None, None)
