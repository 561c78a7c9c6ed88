from __future__ import annotations

import pytest

from catalog.models import Catalog, ItemVector
from tests.api_clients import Program, reader
from tests.factories import make_item

BULK = "vectors/bulk"


@pytest.fixture
def mug(catalog: Catalog):
    return make_item(catalog, external_id="b/1")


def one(**fields) -> dict:
    return {"vectors": [{"item_id": "b/1", "name": "picture", "vector": [0.5, 1, -2], **fields}]}


def test_vectors_are_written_listed_and_removed(api: Program, mug) -> None:
    assert api.post(BULK, one(), 200) == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "items_created": 0,
        "repeated": 0,
        "errors": [],
    }
    assert api.get("vectors") == [{"name": "picture", "dimension": 3, "items": 1}]
    assert api.post(BULK, one(vector=None), 200)["updated"] == 1
    assert api.get("vectors") == []
    api.post(BULK, one(), 200)
    api.delete("vectors/picture")
    assert not ItemVector.objects.exists()
    assert "picture" in api.delete("vectors/picture", 404)["message"]


def test_bad_rows_are_listed_and_good_ones_written(api: Program, mug) -> None:
    rows = one()["vectors"] + one(item_id="b/2")["vectors"] + one(vecotr=[1])["vectors"] + ["row"]
    answer = api.post(BULK, {"vectors": rows}, 207)
    assert answer["created"] == 1
    listed = [(error["row"], error["field"], error["value"]) for error in answer["errors"]]
    assert listed == [(2, "item_id", "b/2"), (3, "vecotr", "[1]"), (4, "row", "row")]
    assert "vector" in answer["errors"][1]["reason"]


@pytest.mark.parametrize("body", [{}, {"vectors": []}, {"vectors": {}}, {"vector": []}])
def test_a_body_without_rows_is_rejected(api: Program, body: dict) -> None:
    assert api.post(BULK, body, 400)["code"] == "invalid"


def test_a_read_key_cannot_write_vectors(catalog: Catalog, mug) -> None:
    program = reader(catalog)
    assert program.get("vectors") == []
    program.post(BULK, one(), 403)
    program.delete("vectors/picture", 403)


def test_vectors_may_be_called_bulk(api: Program, mug) -> None:
    api.post(BULK, one(name="bulk"), 200)
    api.delete("vectors/bulk")
