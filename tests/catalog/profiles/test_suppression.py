"""The id of an erased person does not come back, whichever door it takes."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Erasure, User
from accounts.privacy.erasure import erase_account
from catalog.ingestion.bulk_writes import record_interactions
from catalog.ingestion.imports import import_interactions
from catalog.ingestion.interaction_checks import CheckedSoFar, check_interactions
from catalog.models import Catalog, Item, Profile, SuppressedId
from catalog.profiles import suppression
from catalog.profiles.services import delete_profile, merge_profiles
from tests import people
from tests.api_clients import Program, writer
from tests.catalog.admin.pages import page_of
from tests.factories import make_catalog, make_profile

ERASED = "ann"


@pytest.fixture
def program(catalog: Catalog) -> Program:
    return writer(catalog)


@pytest.fixture
def erased(catalog: Catalog, profile: Profile) -> SuppressedId:
    """Ann was here, and is erased."""
    delete_profile(profile=profile)
    return SuppressedId.objects.get()


def row(user_id: str, item: Item) -> dict[str, object]:
    return {"user_id": user_id, "item_id": item.external_id, "kind": "take"}


def returns() -> int:
    return SuppressedId.objects.get().returns


# Who is put on the list


def test_a_program_that_erases_a_person_puts_the_id_on_the_list(
    program: Program, profile: Profile
) -> None:
    program.delete("profiles/ann")
    assert suppression.find(catalog=profile.catalog, external_id=ERASED).exists()


def test_staff_that_delete_a_profile_put_the_id_on_the_list(profile: Profile) -> None:
    people.owner().post(page_of("profile_delete", profile.pk), {"post": "yes"})
    assert suppression.find(catalog=profile.catalog, external_id=ERASED).exists()


def test_an_erased_account_puts_its_ids_on_the_list(catalog: Catalog, user: User) -> None:
    make_profile(catalog, user=user, external_id="card-7")
    erase_account(user=user, by=Erasure.By.STAFF)
    assert suppression.find(catalog=catalog, external_id="card-7").exists()


def test_a_merged_profile_and_one_without_an_id_are_not_on_the_list(
    catalog: Catalog, profile: Profile
) -> None:
    merge_profiles(source=make_profile(catalog, external_id="other"), target=profile)
    delete_profile(profile=make_profile(catalog, external_id=None))
    assert not SuppressedId.objects.exists()


def test_the_list_holds_a_hash_and_nothing_of_the_id(erased: SuppressedId) -> None:
    assert ERASED not in str([getattr(erased, field.name) for field in erased._meta.fields])
    assert len(erased.digest) == 64


def test_another_catalogue_hashes_differently_and_takes_the_id(erased: SuppressedId) -> None:
    other = make_catalog()
    assert suppression.digest_of(other, ERASED) != erased.digest
    assert not suppression.suppressed_among(other, [ERASED])


def test_a_changed_secret_key_lets_nobody_in(
    erased: SuppressedId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "SECRET_KEY", "another key, of after the rotation")
    assert suppression.suppressed_among(Catalog.objects.get(), [ERASED]) == {ERASED}


# The doors


def test_a_single_post_is_rejected_and_counted(
    program: Program, erased: SuppressedId, items: list[Item]
) -> None:
    for _time in range(2):
        answer = program.post("interactions", row(ERASED, items[0]), 409)
    assert answer["code"] == "suppressed"
    assert answer["details"][0]["field"] == "user_id"
    assert not Profile.objects.exists()
    found = SuppressedId.objects.get()
    assert (found.returns, found.last_return_at is not None) == (2, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "profiles/ann/excluded-reasons", {"item_id": "i"}),
        ("post", "profiles/ann/hidden", {"what": "category", "value": "Mugs"}),
        ("put", "profiles/ann/interests", {"text": "I like mugs."}),
    ],
)
def test_other_addresses_of_a_person_are_rejected_and_counted(
    program: Program, erased: SuppressedId, items: list[Item], method: str, path: str, body: dict
) -> None:
    body = {**body, **({"item_id": items[0].external_id} if "item_id" in body else {})}
    assert program.send(method, path, body, 409)["code"] == "suppressed"
    assert not Profile.objects.exists()
    assert returns() == 1


def test_a_bulk_post_names_the_row_and_takes_the_others(
    program: Program, erased: SuppressedId, items: list[Item]
) -> None:
    rows = [row("bob", items[0]), row(ERASED, items[0]), row(ERASED, items[1])]
    answer = program.post("interactions/bulk", {"interactions": rows}, 207)
    assert answer["created"] == 1
    assert [(error["row"], error["field"]) for error in answer["errors"]] == [
        (2, "user_id"), (3, "user_id"),
    ]  # fmt: skip
    assert list(Profile.objects.values_list("external_id", flat=True)) == ["bob"]
    assert returns() == 2


def test_a_file_is_imported_without_the_erased_person(
    catalog: Catalog, erased: SuppressedId, items: list[Item], tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    lines = [f"{who},{items[0].external_id},2024-05-01" for who in ("bob", ERASED)]
    file.write_text("user_id,item_id,timestamp\n" + "\n".join(lines) + "\n")
    dry = import_interactions(catalog=catalog, path=file, dry_run=True)
    assert (dry.created, dry.bad, dry.suppressed, returns()) == (1, 0, 1, 0)
    said, warned = StringIO(), StringIO()
    call_command("import_interactions", "shop", str(file), stdout=said, stderr=warned, verbosity=0)
    assert "1 of erased people left out" in said.getvalue()
    assert "line 3: user_id: “ann”" in warned.getvalue()
    assert list(Profile.objects.values_list("external_id", flat=True)) == ["bob"]
    assert returns() == 1


def test_a_portion_asks_for_the_list_once(
    catalog: Catalog, erased: SuppressedId, items: list[Item]
) -> None:
    rows = [row(f"new-{number}", items[0]) for number in range(300)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        check_interactions(catalog=catalog, rows=rows, so_far=CheckedSoFar())
    asked = [query for query in queries if "suppressedid" in query["sql"]]
    assert len(asked) == 2  # is there a list, and who of these is on it


def test_an_empty_list_costs_one_short_query(catalog: Catalog, items: list[Item]) -> None:
    rows = [row(f"new-{number}", items[0]) for number in range(300)]
    with CaptureQueriesContext(connection) as queries:
        record_interactions(catalog=catalog, rows=rows)
    assert len([query for query in queries if "suppressedid" in query["sql"]]) == 1


def test_staff_cannot_give_the_id_to_a_new_profile(catalog: Catalog, erased: SuppressedId) -> None:
    answer = people.owner().post(
        page_of("profile_add"), {"catalog": catalog.pk, "external_id": ERASED, "personal": "on"}
    )
    assert "erased" in answer.content.decode()
    assert not Profile.objects.exists()


# Staff


def test_staff_look_an_id_up_and_lift_it(
    catalog: Catalog, erased: SuppressedId, program: Program, items: list[Item]
) -> None:
    delete_profile(profile=make_profile(catalog, external_id="bob"))
    owner = people.owner()
    page = owner.get(page_of("suppressedid_changelist"), {"q": ERASED})
    assert [found.pk for found in page.context["cl"].queryset] == [erased.pk]
    owner.post(
        page_of("suppressedid_changelist"), {"action": "lift", "_selected_action": erased.pk}
    )
    program.post("interactions", row(ERASED, items[0]))
    program.post("interactions", row("bob", items[0]), 409)


def test_staff_put_an_id_on_the_list_by_hand(catalog: Catalog, profile: Profile) -> None:
    owner, page = people.owner(), page_of("suppressedid_add")
    owner.post(page, {"catalog": catalog.pk, "external_id": ERASED})
    assert not SuppressedId.objects.exists(), "a person with a profile is erased first"
    owner.post(page, {"catalog": catalog.pk, "external_id": "bob"})
    assert suppression.suppressed_among(catalog, ["bob", "cat"]) == {"bob"}


def test_a_viewer_sees_the_list_and_lifts_nothing(erased: SuppressedId) -> None:
    viewer = people.viewer()
    assert viewer.get(page_of("suppressedid_changelist")).status_code == 200
    viewer.post(
        page_of("suppressedid_changelist"), {"action": "lift", "_selected_action": erased.pk}
    )
    assert SuppressedId.objects.exists()
