"""“Not because of this”, for programs."""

from __future__ import annotations

import pytest

from catalog.models import Catalog, Interaction, Item, Profile, SetAside
from catalog.profiles import excluded_reasons, history
from tests.api_clients import Program, only_problem, reader
from tests.factories import make_catalog, make_interaction, make_item, make_profile

ANN = "profiles/ann/set-aside"


@pytest.fixture
def mug(profile: Profile, items: list[Item]) -> dict[str, str]:
    """Ann took it."""
    make_interaction(profile, items[0])
    return {"item_id": items[0].external_id}


def test_an_item_is_set_aside_once_and_taken_up_again(
    api: Program, profile: Profile, mug: dict[str, str]
) -> None:
    answer = api.post(ANN, mug)
    assert (answer["user_id"], [row["item_id"] for row in answer["set_aside"]]) == (
        "ann",
        [mug["item_id"]],
    )
    assert answer["set_aside"][0]["title"] == "Red Mug"
    assert api.post(ANN, mug, 200) == api.get(ANN) == answer
    assert not history.past(profile, n=5).liked
    assert api.post(ANN, {**mug, "set_aside": False}, 200)["set_aside"] == []
    assert history.past(profile, n=5).liked
    assert api.post(ANN, {**mug, "set_aside": False}, 404)["code"] == "not_found"


def test_the_latest_comes_first_and_everything_counts_again_at_once(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    for item in items[:2]:
        api.post(ANN, {"item_id": item.external_id})
    assert [row["title"] for row in api.get(ANN)["set_aside"]] == ["Blue Mug", "Red Mug"]
    api.delete(ANN)
    assert api.get(ANN)["set_aside"] == []
    api.delete(ANN)


def test_an_unknown_person_is_made_unless_the_wish_is_refused(
    api: Program, catalog: Catalog, items: list[Item]
) -> None:
    elsewhere = make_item(make_catalog(), external_id="elsewhere")
    problem = only_problem(
        api.post("profiles/bob/set-aside", {"item_id": elsewhere.external_id}, 400)
    )
    assert problem[:2] == ("item_id", "elsewhere")
    assert not Profile.objects.exists()
    api.post("profiles/bob/set-aside", {"item_id": items[0].external_id})
    assert SetAside.objects.get().profile.external_id == "bob"
    assert not Interaction.objects.exists()


def test_people_are_not_made_by_reading_or_taking_up(api: Program, items: list[Item]) -> None:
    wish = {"item_id": items[0].external_id, "set_aside": False}
    assert {
        api.get("profiles/bob/set-aside", 404)["code"],
        api.post("profiles/bob/set-aside", wish, 404)["code"],
    } == {"not_found"}
    api.delete("profiles/bob/set-aside", 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "item_id"),
        ({"item_id": ""}, "item_id"),
        ({"item_id": "x", "set_aside": "so"}, "set_aside"),
        ({"item_id": "x", "aside": True}, "aside"),
    ],
)
def test_nonsense_is_refused_by_name(
    api: Program, profile: Profile, body: dict, field: str
) -> None:
    assert only_problem(api.post(ANN, body, 400))[0] == field


def test_there_is_an_end_to_what_can_be_set_aside(
    api: Program, profile: Profile, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excluded_reasons, "MOST", 1)
    api.post(ANN, {"item_id": items[0].external_id})
    api.post(ANN, {"item_id": items[0].external_id}, 200)
    assert (
        only_problem(api.post(ANN, {"item_id": items[1].external_id}, 400))[1]
        == items[1].external_id
    )


def test_a_reading_key_reads_only(catalog: Catalog, profile: Profile, mug: dict[str, str]) -> None:
    program = reader(catalog)
    program.get(ANN)
    program.post(ANN, mug, 403)
    program.delete(ANN, 403)


def test_an_id_that_ends_like_the_address_is_a_person(api: Program, catalog: Catalog) -> None:
    make_profile(catalog, external_id="ann/set-aside")
    assert api.get(ANN)["user_id"] == "ann/set-aside"
    api.post(ANN, {"item_id": "x"}, 405)
    api.delete(ANN)
    assert not Profile.objects.exists()
