from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Catalog, Item
from tests.api_clients import Program, only_problem
from tests.factories import make_catalog, make_item


def slugs(client: Client) -> list[str]:
    return [row["slug"] for row in client.get("/api/v1/catalogs/").json()["results"]]


def test_a_key_sees_its_own_catalogue_and_staff_see_all(api: Program, staff: User, client: Client) -> None:
    make_catalog(slug="other")
    client.force_login(staff)
    assert slugs(api.client) == ["shop"]
    assert slugs(client) == ["shop", "other"]


def test_a_catalogue_shows_its_settings(api: Program) -> None:
    shop = api.get("")
    assert shop["slug"] == "shop"
    assert shop["weights"]["view"] == 0.3
    assert (shop["tail_min"], shop["tail_default"], shop["tail_max"]) == (0.0, 0.3, 1.0)


def test_search_finds_items_by_words_and_says_how_many_there_are(api: Program, items: list[Item]) -> None:
    answer = api.get("search", q="mug", limit=2)
    assert answer["total"] == 3
    assert len(answer["items"]) == 2
    assert answer["items"][0]["title"].endswith("Mug")


def test_search_finds_chinese(api: Program, catalog: Catalog) -> None:
    make_item(catalog, title="数据分析入门", external_id="b-2")
    assert [item["item_id"] for item in api.get("search", q="数据")["items"]] == ["b-2"]


def test_search_pages_without_repeating(api: Program, items: list[Item]) -> None:
    first = api.get("search", q="mug", limit=2)["items"]
    rest = api.get("search", q="mug", limit=2, offset=2)["items"]
    assert len({item["item_id"] for item in first + rest}) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "mug", "limit": 101}, "limit"),
        ({"q": "mug", "offset": -1}, "offset"),
        ({"q": "mug", "category": "Cars"}, "category"),
        ({"q": "mug", "page": 2}, "page"),
    ],
)
def test_search_refuses_what_it_cannot_use_by_name(api: Program, items: list[Item], query: dict, field: str) -> None:
    assert only_problem(api.get("search", 400, **query))[0] == field
