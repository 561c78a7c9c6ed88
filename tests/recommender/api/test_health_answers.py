"""Answers about health, given by a program for a person who agreed."""

from __future__ import annotations

import pytest

from accounts.models import Consent
from catalog.models import Catalog, Profile
from recommender.models import HealthAnswers
from recommender.preferences import health_answers, selectors
from recommender.serving import user_context
from tests.api_clients import Program, only_problem, reader, writer
from tests.factories import make_catalog, make_profile

ANN = "profiles/ann/health-answers"
ANSWERS = {"goals": ["supple"], "level": "new"}
AGREED = {"consent": True, "answers": ANSWERS}


@pytest.fixture
def clinic(health: Catalog) -> Program:
    """A program with a key of the health catalogue that may write."""
    return writer(health)


def test_answers_are_stored_with_the_consent_of_the_same_call_and_read(
    clinic: Program, patient: Profile
) -> None:
    before = clinic.get(ANN)
    assert (before["consent"], before["answers"], before["changed_at"]) == (False, {}, None)
    stored = clinic.send("put", ANN, AGREED)
    assert stored == clinic.get(ANN)
    assert (stored["user_id"], stored["consent"], stored["answers"]) == ("ann", True, ANSWERS)
    assert Consent.objects.get().purpose == health_answers.CONSENT.key


def test_a_later_put_needs_no_consent_again_and_replaces_everything(
    clinic: Program, patient: Profile
) -> None:
    clinic.send("put", ANN, AGREED)
    assert clinic.send("put", ANN, {"answers": {"foods": ["no-nuts"], "level": ""}})["answers"] == {
        "foods": ["no-nuts"]
    }
    assert Consent.objects.count() == 1
    assert clinic.send("put", ANN, {"answers": {}})["answers"] == {}


@pytest.mark.parametrize("given", [{}, {"consent": False}])
def test_without_consent_nothing_is_stored_and_the_wording_is_shown(
    clinic: Program, health: Catalog, given: dict
) -> None:
    answer = clinic.send("put", ANN, {"answers": ANSWERS, **given}, 403)
    assert answer["code"] == "consent_needed"
    assert answer["details"] == {"consent": str(health_answers.CONSENT.text), "version": "2"}
    assert not HealthAnswers.objects.exists()
    assert not Profile.objects.exists()
    assert not Consent.objects.exists()


def test_a_no_is_a_no_also_where_there_was_a_yes(clinic: Program, patient: Profile) -> None:
    clinic.send("put", ANN, AGREED)
    clinic.send("put", ANN, {"consent": False, "answers": {"level": "much"}}, 403)
    assert clinic.get(ANN)["answers"] == ANSWERS


def test_an_old_consent_does_not_carry_new_answers(
    clinic: Program, patient: Profile, health: Catalog
) -> None:
    health_answers.agree(profile=patient)
    Consent.objects.update(version="0")
    clinic.send("put", ANN, {"answers": ANSWERS}, 403)
    assert clinic.send("put", ANN, AGREED)["consent"] is True


def test_erasing_ends_the_consent_and_can_be_repeated(
    clinic: Program, patient: Profile, health: Catalog
) -> None:
    clinic.send("put", ANN, AGREED)
    for _twice in range(2):
        clinic.delete(ANN)
        assert not HealthAnswers.objects.exists()
        assert clinic.get(ANN)["consent"] is False
    clinic.send("put", ANN, {"answers": ANSWERS}, 403)


def test_the_next_list_is_made_with_them(
    clinic: Program, patient: Profile, health: Catalog
) -> None:
    clinic.send(
        "put", ANN, {"consent": True, "answers": {"words": "stretching", "foods": ["no-beef"]}}
    )
    stated_preferences = user_context.user_context_of(patient, health).stated_preferences
    assert "stretching" in stated_preferences.text
    assert "beef" in stated_preferences.unwanted
    assert selectors.health_answers(patient, health) is not None


@pytest.mark.parametrize(
    ("answers", "field", "value"),
    [
        ({"goals": ["fly"]}, "answers.goals.0", "fly"),
        ({"goals": "supple"}, "answers.goals", "supple"),
        ({"level": "expert"}, "answers.level", "expert"),
        ({"blood": "A"}, "answers.blood", "A"),
        ({"words": "a\x00b"}, "answers.words", "a\x00b"),
    ],
)
def test_a_bad_answer_is_rejected_by_name_and_stores_no_consent(
    clinic: Program, health: Catalog, answers: dict, field: str, value: str
) -> None:
    assert only_problem(clinic.send("put", ANN, {"consent": True, "answers": answers}, 400))[
        :2
    ] == (field, value)
    assert not Consent.objects.exists()
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"consent": True}, "answers"),
        ({**AGREED, "consent": "perhaps"}, "consent"),
        ({**AGREED, "agree": 1}, "agree"),
    ],
)
def test_a_bad_body_is_rejected_by_name(
    clinic: Program, patient: Profile, body: dict, field: str
) -> None:
    assert only_problem(clinic.send("put", ANN, body, 400))[0] == field


def test_other_catalogues_ask_nothing_about_health(api: Program, profile: Profile) -> None:
    for answer in (api.get(ANN, 404), api.send("put", ANN, AGREED, 404), api.delete(ANN, 404)):
        assert "Shop" in answer["message"]
    assert not Consent.objects.exists()


def test_keys_are_held_to_their_catalogue_and_scope(
    clinic: Program, health: Catalog, patient: Profile
) -> None:
    read_only = reader(health)
    read_only.get(ANN)
    assert read_only.send("put", ANN, AGREED, 403)["code"] == "permission_denied"
    read_only.delete(ANN, 403)
    stranger = Program(health, client=writer(make_catalog()).client)
    assert stranger.send("put", ANN, AGREED, 403)["code"] == "permission_denied"
    assert stranger.get(ANN, 403)["code"] == "permission_denied"


def test_people_are_not_made_by_reading_or_erasing(clinic: Program, health: Catalog) -> None:
    clinic.get(ANN, 404)
    clinic.delete(ANN, 404)
    assert not Profile.objects.exists()


def test_an_id_that_ends_like_the_address_is_a_person(clinic: Program, health: Catalog) -> None:
    make_profile(health, external_id="ann/health-answers")
    assert clinic.get(ANN)["user_id"] == "ann/health-answers"
    clinic.send("put", ANN, AGREED, 405)
