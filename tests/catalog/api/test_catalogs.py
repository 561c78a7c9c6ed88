from __future__ import annotations

from django.test import Client

from accounts.models import User
from tests.api_clients import Program
from tests.factories import make_catalog


def slugs(client: Client) -> list[str]:
    return [row["slug"] for row in client.get("/api/v1/catalogs/").json()["results"]]


def test_a_key_sees_its_own_catalogue_and_staff_see_all(
    api: Program, staff: User, client: Client
) -> None:
    make_catalog(slug="other")
    client.force_login(staff)
    assert slugs(api.client) == ["shop"]
    assert slugs(client) == ["shop", "other"]


def test_a_catalogue_shows_its_settings(api: Program) -> None:
    shop = api.get("")
    assert shop["slug"] == "shop"
    assert shop["kinds"][0] == {
        "name": "view",
        "label": "viewed",
        "weight": 0.3,
        "sign": "neutral",
        "makes_known": False,
        "repeatable": False,
        "value_meaning": "none",
        "cancels": [],
    }
    assert (shop["tail_min"], shop["tail_default"], shop["tail_max"]) == (0.0, 0.3, 1.0)
