"""“Not because of this”, for programs."""

from __future__ import annotations

import pytest

from catalog.models import Catalog, ExcludedReason, Interaction, Item, Profile
from catalog.profiles import excluded_reasons, history
from tests.api_clients import Program, only_problem, reader
from tests.factories import make_catalog, make_interaction, make_item, make_profile

ANN = "profiles/ann/excluded-reasons"


@pytest.fixture
def mug(profile: Profile, items: list[Item]) -> dict[str, str]:
    """Ann took it."""
    make_interaction(profile, items[0])
    return {"item_id": items[0].external_id}


def test_an_item_is_excluded_once_and_counts_again(
    api: Program, profile: Profile, mug: dict[str, str]
) -> None:
    answer = api.post(ANN, mug)
    assert (answer["user_id"], [row["item_id"] for row in answer["excluded_reasons"]]) == (
        "ann",
        [mug["item_id"]],
    )
    assert answer["excluded_reasons"][0]["title"] == "Red Mug"
    assert api.post(ANN, mug, 200) == api.get(ANN) == answer
    assert not history.past(profile, n=5).liked
    assert api.post(ANN, {**mug, "excluded": False}, 200)["excluded_reasons"] == []
    assert history.past(profile, n=5).liked
    assert api.post(ANN, {**mug, "excluded": False}, 404)["code"] == "not_found"


def test_the_latest_comes_first_and_everything_counts_again_at_once(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    for item in items[:2]:
        api.post(ANN, {"item_id": item.external_id})
    assert [row["title"] for row in api.get(ANN)["excluded_reasons"]] == ["Blue Mug", "Red Mug"]
    api.delete(ANN)
    assert api.get(ANN)["excluded_reasons"] == []
    api.delete(ANN)


def test_an_unknown_person_is_created_unless_the_request_is_rejected(
    api: Program, catalog: Catalog, items: list[Item]
) -> None:
    elsewhere = make_item(make_catalog(), external_id="elsewhere")
    problem = only_problem(
        api.post("profiles/bob/excluded-reasons", {"item_id": elsewhere.external_id}, 400)
    )
    assert problem[:2] == ("item_id", "elsewhere")
    assert not Profile.objects.exists()
    api.post("profiles/bob/excluded-reasons", {"item_id": items[0].external_id})
    assert ExcludedReason.objects.get().profile.external_id == "bob"
    assert not Interaction.objects.exists()


def test_reading_and_restoring_create_no_profile(api: Program, items: list[Item]) -> None:
    body = {"item_id": items[0].external_id, "excluded": False}
    assert {
        api.get("profiles/bob/excluded-reasons", 404)["code"],
        api.post("profiles/bob/excluded-reasons", body, 404)["code"],
    } == {"not_found"}
    api.delete("profiles/bob/excluded-reasons", 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "item_id"),
        ({"item_id": ""}, "item_id"),
        ({"item_id": "x", "excluded": "so"}, "excluded"),
        ({"item_id": "x", "set_aside": True}, "set_aside"),
    ],
)
def test_a_bad_field_is_rejected_by_name(
    api: Program, profile: Profile, body: dict, field: str
) -> None:
    assert only_problem(api.post(ANN, body, 400))[0] == field


def test_the_number_of_excluded_reasons_is_limited(
    api: Program, profile: Profile, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excluded_reasons, "MOST", 1)
    api.post(ANN, {"item_id": items[0].external_id})
    api.post(ANN, {"item_id": items[0].external_id}, 200)
    assert (
        only_problem(api.post(ANN, {"item_id": items[1].external_id}, 400))[1]
        == items[1].external_id
    )


def test_a_read_only_key_cannot_write(
    catalog: Catalog, profile: Profile, mug: dict[str, str]
) -> None:
    program = reader(catalog)
    program.get(ANN)
    program.post(ANN, mug, 403)
    program.delete(ANN, 403)


def test_an_id_that_ends_like_the_address_is_a_person(api: Program, catalog: Catalog) -> None:
    make_profile(catalog, external_id="ann/excluded-reasons")
    assert api.get(ANN)["user_id"] == "ann/excluded-reasons"
    api.post(ANN, {"item_id": "x"}, 405)
    api.delete(ANN)
    assert not Profile.objects.exists()
