"""Case 40: a body with Content-Encoding gzip."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from catalog.api.parsing import LARGEST_BODY
from catalog.models import Catalog, Interaction, Item
from tests.factories import make_api_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(catalog: Catalog) -> Client:
    return Client(headers={"Authorization": f"Api-Key {make_api_key(catalog)[1]}"})


def post(client: Client, body: bytes, encoding: str, path: str = "interactions/bulk") -> object:
    return client.post(
        f"/api/v1/catalogs/shop/{path}",
        body,
        content_type="application/json",
        headers={"Content-Encoding": encoding},
    )


@pytest.fixture
def body(items: list[Item]) -> bytes:
    row = {"user_id": "ann", "item_id": items[0].external_id, "kind": "take"}
    return json.dumps({"interactions": [row]}).encode()


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip "])
def test_a_gzip_body_is_read(client: Client, body: bytes, encoding: str) -> None:
    response = post(client, gzip.compress(body), encoding)
    assert response.json() == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "items_created": 0,
        "repeated": 0,
        "errors": [],
    }
    assert Interaction.objects.count() == 1


def test_a_gzip_of_two_members_is_read_whole(client: Client, body: bytes) -> None:
    two = gzip.compress(body[:20]) + gzip.compress(body[20:])
    assert post(client, two, "gzip").json()["created"] == 1


def test_a_single_post_takes_gzip_too(client: Client, items: list[Item]) -> None:
    row = {"user_id": "ann", "item_id": items[0].external_id, "kind": "take"}
    packed = gzip.compress(json.dumps(row).encode())
    assert post(client, packed, "gzip", "interactions").status_code == 201


def test_identity_is_no_encoding(client: Client, body: bytes) -> None:
    assert post(client, body, "identity").status_code == 200


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br"])
def test_another_encoding_is_named(client: Client, body: bytes, encoding: str) -> None:
    response = post(client, body, encoding)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"
    assert f"“{encoding}”" in response.json()["message"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda packed: packed[:-9], "the gzip ends too early"),
        (lambda packed: packed[:30], "the gzip ends too early"),
        (lambda packed: b"{" + packed, "the gzip is damaged"),
        (lambda packed: packed[:-8] + b"\0" * 8, "the gzip is damaged"),
        (lambda packed: packed + b"more", "the gzip is damaged"),
    ],
)
def test_a_damaged_gzip_is_a_400(client: Client, body: bytes, spoil: object, reason: str) -> None:
    response = post(client, spoil(gzip.compress(body)), "gzip")
    assert response.status_code == 400
    assert reason in response.json()["message"]
    assert not Interaction.objects.exists()


def test_plain_json_that_says_gzip_is_a_400(client: Client, body: bytes) -> None:
    assert post(client, body, "gzip").status_code == 400


def test_a_bomb_is_rejected_by_its_decompressed_size(client: Client, items: list[Item]) -> None:
    packed = gzip.compress(b" " * (LARGEST_BODY + 1), compresslevel=9)
    assert len(packed) < LARGEST_BODY / 500
    response = post(client, packed, "gzip")
    assert response.status_code == 413
    assert response.json()["details"]["limit"] == LARGEST_BODY
