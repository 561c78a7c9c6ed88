"""A single post and a row of a bulk post take and reject the same values, with the same reason."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Catalog, Interaction, Item, Profile
from tests.api_clients import Program, writer
from tests.factories import make_item

pytestmark = pytest.mark.django_db

ITEM_VALUES: list[tuple[str, Any]] = [
    ("item_id", 0), ("item_id", 12), ("item_id", 12.0), ("item_id", 12.5), ("item_id", True),
    ("item_id", ""), ("item_id", " "), ("item_id", None), ("item_id", [1]), ("item_id", " a "),
    ("item_id", "x" * 256), ("item_id", "a\x00b"), ("item_id", 1e300), ("item_id", -1),
    ("title", 0), ("title", 1984), ("title", False), ("title", None), ("title", ["a"]),
    ("title", "x" * 5001), ("title", ""),
    ("language", "english-language-name-too-long"), ("language", 1), ("language", True),
    ("language", "EN"), ("language", None),
    ("available", "yes"), ("available", 1), ("available", 0), ("available", "false"),
    ("available", None), ("available", "perhaps"),
    ("categories", "a|b"), ("categories", [1]), ("categories", ["a", None]),
    ("categories", ["a", ""]), ("categories", [True]), ("categories", None), ("categories", {}),
    ("attributes", "{}"), ("attributes", [1]), ("attributes", {"a": 1}), ("attributes", None),
    ("created_at", 0), ("created_at", False), ("created_at", True), ("created_at", ""),
    ("created_at", "20230515"), ("created_at", 20230515), ("created_at", 1700000000),
    ("created_at", "2026-05-01"), ("created_at", "2999-01-01T00:00:00Z"), ("created_at", "soon"),
    ("created_at", 1e19), ("created_at", -1), ("created_at", None), ("created_at", []),
    ("stock", 1.0), ("stock", 1.5), ("stock", "1"), ("stock", True), ("stock", -1),
    ("price", "9.90"), ("price", 9.9), ("price", True), ("price", -1), ("price", 9.999),
    ("titel", "a"),
]  # fmt: skip
EVENT_VALUES: list[tuple[str, Any]] = [
    ("user_id", 0), ("user_id", 12.0), ("user_id", 12.5), ("user_id", True), ("user_id", ""),
    ("user_id", None), ("user_id", "u" * 256), ("user_id", {}),
    ("item_id", 0), ("item_id", True), ("item_id", "unknown"), ("item_id", None),
    ("event_id", 0), ("event_id", 7.0), ("event_id", 7.5), ("event_id", True), ("event_id", ""),
    ("event_id", None), ("event_id", "e" * 101),
    ("kind", "TAKE"), ("kind", "bought"), ("kind", 1), ("kind", True), ("kind", None),
    ("value", True), ("value", "4"), ("value", 4), ("value", None), ("value", -1), ("value", 1e12),
    ("created_at", 0), ("created_at", True), ("created_at", ""), ("created_at", "20230515"),
    ("created_at", 20230515), ("created_at", "2023-05-15"), ("created_at", 1e19),
    ("quantity", 0), ("quantity", True), ("quantity", "2"), ("session", 5), ("session", True),
    ("extra", 1),
]  # fmt: skip


@pytest.fixture
def api(catalog: Catalog) -> Program:
    make_item(catalog, external_id="mug")
    return writer(catalog)


def single(api: Program, path: str, row: Any) -> tuple[int, list[tuple[str, str]]]:
    answer = api.client.post(api.root + path, row, content_type="application/json")
    assert answer.status_code in (201, 400), answer.content
    details = answer.json().get("details", [])
    return int(answer.status_code == 201), [(each["field"], each["reason"]) for each in details]


def bulk(api: Program, path: str, row: Any) -> tuple[int, list[tuple[str, str]]]:
    answer = api.client.post(
        f"{api.root}{path}/bulk", {path: [row]}, content_type="application/json"
    ).json()
    return answer["created"], [(each["field"], each["reason"]) for each in answer["errors"]]


@pytest.mark.parametrize(("field", "value"), ITEM_VALUES)
def test_items_agree(api: Program, field: str, value: Any) -> None:
    row = {"item_id": "new", field: value}
    posted = single(api, "items", row)
    new = Item.objects.exclude(external_id="mug").values_list("external_id", "title", "language")
    stored = list(new.all())
    Item.objects.exclude(external_id="mug").delete()
    assert bulk(api, "items", row) == posted
    assert list(new.all()) == stored


@pytest.mark.parametrize(("field", "value"), EVENT_VALUES)
def test_events_agree(api: Program, catalog: Catalog, field: str, value: Any) -> None:
    make_item(catalog, external_id="0")
    row = {"user_id": "ann", "item_id": "mug", "kind": "take", field: value}
    columns = ("profile__external_id", "item__external_id", "kind", "value", "event_id")
    posted = single(api, "interactions", row)
    stored = list(Interaction.objects.values_list(*columns))
    Profile.objects.all().delete()
    assert bulk(api, "interactions", row) == posted
    assert list(Interaction.objects.values_list(*columns)) == stored


@pytest.mark.parametrize("value", [12, 12.0, "12"])
def test_a_whole_number_is_the_digits_of_an_id(api: Program, value: Any) -> None:
    api.post("interactions", {"user_id": value, "item_id": "mug", "kind": "take"})
    assert Profile.objects.get().external_id == "12"


@pytest.mark.parametrize("value", [True, False, 0.5])
def test_what_is_no_id_is_rejected(api: Program, value: Any) -> None:
    for name in ("user_id", "item_id", "event_id"):
        row = {"user_id": "ann", "item_id": "mug", "kind": "take", name: value}
        answer = api.post("interactions", row, 400)
        assert answer["details"][0]["field"] == name
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("path", ["items", "interactions", "vectors"])
@pytest.mark.parametrize("row", [None, 1, "a", [], True])
def test_a_row_that_is_no_object_is_listed_and_the_others_are_stored(
    api: Program, path: str, row: Any
) -> None:
    good = {"user_id": "ann", "item_id": "mug", "kind": "take"}
    if path == "items":
        good = {"item_id": "mug"}
    if path == "vectors":
        good = {"item_id": "mug", "name": "p", "vector": [1]}
    answer = api.post(f"{path}/bulk", {path: [row, good]}, 207)
    assert [(error["row"], error["field"]) for error in answer["errors"]] == [(1, "row")]
    assert answer["created"] + answer["updated"] + answer.get("unchanged", 0) == 1


@pytest.mark.parametrize("path", ["items", "interactions", "vectors"])
def test_a_bulk_address_knows_post_alone(api: Program, path: str) -> None:
    for method in ("get", "put", "patch", "delete", "trace"):
        response = api.client.generic(method.upper(), f"{api.root}{path}/bulk")
        assert response.status_code == 405, method
        assert response["Allow"] == "POST"


def test_an_item_whose_own_id_is_bulk_is_reached(api: Program) -> None:
    api.post("items", {"item_id": "bulk", "title": "Bulk"})
    assert api.get("items/bulk")["title"] == "Bulk"
    assert api.send("patch", "items/bulk", {"title": "New"})["title"] == "New"
    api.delete("items/bulk")
    assert api.client.get(api.root + "items/bulk").status_code == 405
