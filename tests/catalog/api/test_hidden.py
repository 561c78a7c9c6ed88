from __future__ import annotations

import pytest

from catalog.models import Catalog, Hidden, Item, Profile
from tests.api_clients import Program, only_problem
from tests.factories import make_profile

ANN = "profiles/ann/hidden"
MUGS = {"what": "category", "value": "Mugs"}


def test_a_category_is_hidden_once_and_shown_again(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    answer = api.post(ANN, MUGS)
    assert answer["user_id"] == "ann"
    assert [(row["what"], row["value"]) for row in answer["hidden"]] == [("category", "Mugs")]
    assert api.post(ANN, MUGS, 200)["hidden"] == api.get(ANN)["hidden"] == answer["hidden"]
    assert api.post(ANN, {**MUGS, "hidden": False}, 200)["hidden"] == []
    assert api.post(ANN, {**MUGS, "hidden": False}, 404)["code"] == "not_found"


def test_everything_is_shown_again_at_once(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    for name in ("Mugs", "Towels"):
        api.post(ANN, {"what": "category", "value": name})
    api.delete(ANN)
    assert api.get(ANN)["hidden"] == []


def test_an_unknown_person_is_created_unless_the_request_is_rejected(
    api: Program, catalog: Catalog, items: list[Item]
) -> None:
    assert only_problem(
        api.post("profiles/bob/hidden", {"what": "category", "value": "Spoons"}, 400)
    )[:2] == (
        "value",
        "Spoons",
    )
    assert not Profile.objects.exists()
    api.post("profiles/bob/hidden", MUGS)
    assert Hidden.objects.get().profile.external_id == "bob"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"what": "colour", "value": "Red"}, "what"),
        ({"what": "category"}, "value"),
        ({**MUGS, "hide": 1}, "hide"),
    ],
)
def test_a_bad_field_is_rejected_by_name(
    api: Program, profile: Profile, items: list[Item], body: dict, field: str
) -> None:
    assert only_problem(api.post(ANN, body, 400))[0] == field


def test_an_id_that_ends_like_the_address_is_a_person(api: Program, catalog: Catalog) -> None:
    make_profile(catalog, external_id="ann/hidden")
    assert api.get(ANN)["user_id"] == "ann/hidden"
    assert api.send("patch", ANN, {"tail": 0.5})["tail"] == 0.5
    api.post(ANN, MUGS, 405)
    api.delete(ANN)
    assert not Profile.objects.exists()
    api.send("patch", ANN, {"tail": 0.5}, 405)
