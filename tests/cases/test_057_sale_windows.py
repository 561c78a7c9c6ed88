"""Cases 57 and 63: pre-orders, sale windows and stock decide to the minute; nothing is trained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Catalog, Item
from recommender.models import ModelVersion
from recommender.serving import availability
from recommender.training import versions
from tests.api_clients import Program, writer
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps

HOUR = timedelta(hours=1)
CLOSED: dict[str, dict[str, Any]] = {
    "sold out": {"stock": 0},
    "pre-order": {"available_from": HOUR},
    "over": {"available_until": -HOUR},
}
OPEN: dict[str, dict[str, Any]] = {
    "in stock": {"stock": 1},
    "on sale": {"available_from": -HOUR, "available_until": HOUR},
}


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def put(item_id: str, fields: dict[str, Any]) -> None:
    now = timezone.now()
    at = {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
    Item.objects.filter(external_id=item_id).update(**at)


def everywhere(api: Program, item_id: str) -> list[bool]:
    item = Item.objects.get(external_id=item_id)
    return [
        item_id in ids(api.get("recommendations", n=16)),
        item_id in ids(api.get("items/towel-red/similar", n=16)),
        item_id in [found["item_id"] for found in api.get("search", q=item.title)["items"]],
        item.is_available,
    ]


@pytest.mark.parametrize("name", CLOSED)
def test_what_cannot_be_bought_now_is_in_no_list(api: Program, name: str) -> None:
    assert everywhere(api, "mug-red") == [True] * 4
    put("mug-red", CLOSED[name])
    assert everywhere(api, "mug-red") == [False] * 4
    assert len(ids(api.get("recommendations", n=10))) == 10


@pytest.mark.parametrize("name", OPEN)
def test_what_can_be_bought_now_is_listed(api: Program, name: str) -> None:
    put("mug-red", OPEN[name])
    assert everywhere(api, "mug-red") == [True] * 4


def test_a_sale_begins_and_ends_without_a_training(api: Program) -> None:
    put("mug-red", {"available_from": HOUR})
    assert "mug-red" not in ids(api.get("recommendations", n=16))
    put("mug-red", {"available_from": timedelta(0)})
    assert "mug-red" in ids(api.get("recommendations", n=16))


def test_the_last_piece_sold_can_still_be_posted(api: Program) -> None:
    put("mug-red", {"stock": 0})
    event = {"user_id": "late", "item_id": "mug-red", "kind": "take", "quantity": 1}
    assert api.post("interactions", event)["quantity"] == 1


def test_the_page_says_so(api: Program, client: Client) -> None:
    put("mug-red", {"stock": 0, "price": 12.5, "currency": "EUR"})
    page = client.get(Item.objects.get(external_id="mug-red").get_absolute_url()).content.decode()
    assert "Sold out" in page
    assert "€12.50" in page


def test_no_index_is_missing(catalog: Catalog, items: list[Item]) -> None:
    """The query that every list makes reads indexes only, whatever the size of the table."""
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plan")
    availability.unavailable(catalog)
    with connection.cursor() as cursor:
        for condition in ("available = 0", "stock = 0", "available_from > '2026-01-01'"):
            cursor.execute(
                "EXPLAIN QUERY PLAN SELECT id FROM catalog_item "
                f"WHERE catalog_id = 1 AND {condition}"
            )
            assert "SEARCH" in str(cursor.fetchall())
