from __future__ import annotations

from urllib.parse import quote

import pytest

from accounts.models import Erasure, User
from catalog.models import Catalog, Interaction, Item, Profile
from tests.api_clients import Program, only_problem
from tests.factories import make_catalog, make_interaction, make_profile


def test_a_profile_is_shown_with_its_history_newest_first(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0])
    make_interaction(profile, items[1], "rate", value=4.5)
    make_interaction(profile, items[2], "hide")
    answer = api.get("profiles/ann")
    assert (answer["user_id"], answer["tail"]) == ("ann", None)
    assert [(past["title"], past["kind"], past["value"]) for past in answer["history"]] == [
        ("Blue Mug", "rate", 4.5), ("Red Mug", "take", None),
    ]  # fmt: skip


def test_the_list_has_profiles_with_an_id_of_this_catalogue(
    api: Program, profile: Profile, user: User
) -> None:
    make_profile(profile.catalog, user=user)
    make_profile(make_catalog(), external_id="elsewhere")
    assert [row["user_id"] for row in api.get("profiles")["results"]] == ["ann"]


def test_the_dial_is_set_and_reset_to_the_default(api: Program, profile: Profile) -> None:
    assert api.send("patch", "profiles/ann", {"tail": 0.8})["tail"] == 0.8
    assert Profile.objects.get().tail == 0.8
    assert api.send("patch", "profiles/ann", {"tail": None})["tail"] is None


@pytest.mark.parametrize("body", [{"tail": 1.1}, {"tail": -0.1}, {"tail": "much"}, {"tail": True}])
def test_a_bad_dial_is_rejected_with_its_value(api: Program, profile: Profile, body: dict) -> None:
    assert only_problem(api.send("patch", "profiles/ann", body, 400))[:2] == ("tail", body["tail"])


def test_the_dial_is_limited_by_the_catalogue(api: Program, profile: Profile) -> None:
    profile.catalog.tail_max = 0.6
    profile.catalog.save()
    assert only_problem(api.send("patch", "profiles/ann", {"tail": 0.8}, 400))[0] == "tail"


@pytest.mark.parametrize("body", [{}, {"external_id": "bob", "tail": 0.5}])
def test_a_change_needs_a_known_field(api: Program, profile: Profile, body: dict) -> None:
    api.send("patch", "profiles/ann", body, 400)


def test_personal_lists_are_turned_off_and_on(api: Program, profile: Profile) -> None:
    assert api.get("profiles/ann")["personal"] is True
    answer = api.send("patch", "profiles/ann", {"personal": False})
    assert (answer["personal"], answer["tail"]) == (False, None)
    assert not Profile.objects.get().personal
    assert api.send("patch", "profiles/ann", {"personal": True, "tail": 0.5})["tail"] == 0.5
    assert (
        only_problem(api.send("patch", "profiles/ann", {"personal": "perhaps"}, 400))[0]
        == "personal"
    )


def test_deleting_a_profile_erases_its_events(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0])
    api.delete("profiles/ann")
    assert not Interaction.objects.exists()
    api.get("profiles/ann", 404)


@pytest.mark.parametrize("user_id", ["org/ann", "张伟", "mailto:ann@example.com?x=1"])
def test_any_user_id_is_reached_when_it_is_percent_encoded(
    api: Program, profile: Profile, user_id: str
) -> None:
    make_profile(profile.catalog, external_id=user_id)
    assert api.get("profiles/" + quote(user_id, safe=""))["user_id"] == user_id


def test_an_export_has_all_data_of_the_person(
    api: Program, profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0], event_id="order-7")
    make_interaction(make_profile(profile.catalog), items[1])
    answer = api.get("profiles/ann/export")
    assert answer["user_id"] == answer["profile"][0]["external_id"] == "ann"
    assert [(row["title"], row["event_id"]) for row in answer["events"]] == [("Red Mug", "order-7")]
    assert {"interests", "shown", "hidden"} <= set(answer)


def test_an_export_of_an_unknown_person_is_not_found(api: Program, catalog: Catalog) -> None:
    api.get("profiles/bob/export", 404)
    assert not Profile.objects.exists()


def test_an_export_is_read_only(api: Program, profile: Profile) -> None:
    for method in ("patch", "delete", "put"):
        api.send(method, "profiles/ann/export", {}, 405)
    assert Profile.objects.get() == profile


def test_an_id_that_ends_like_the_export_is_a_person(api: Program, profile: Profile) -> None:
    odd = make_profile(profile.catalog, external_id="ann/export")
    assert api.get("profiles/ann/export")["user_id"] == "ann/export"
    assert api.send("patch", "profiles/ann/export", {"tail": 0.5})["tail"] == 0.5
    api.send("delete", "profiles/ann/export", None, 204)
    assert not Profile.objects.filter(pk=odd.pk).exists()
    assert api.get("profiles/ann/export")["user_id"] == "ann"


def test_an_erasure_by_a_program_is_logged_without_the_name(api: Program, profile: Profile) -> None:
    api.send("delete", "profiles/ann", None, 204)
    record = Erasure.objects.get()
    assert (record.place, record.by, record.rows) == ("shop", "program", {"catalog.Profile": 1})
