from __future__ import annotations

import pytest

from accounts.models import Consent
from accounts.privacy.consents import has_consent, withdraw_consent
from catalog.models import Profile
from catalog.profiles.services import claim_profile, merge_profiles
from config.errors import AppError
from recommender.interests.interest_texts import edit_interest_text
from recommender.models import HealthAnswers, InterestText
from recommender.preferences import health_answers, selectors
from recommender.preferences.health_answers import (
    CONSENT,
    agree,
    erase_health_answers,
    save_health_answers,
)
from recommender.preferences.health_questions import QUESTIONS, lines_of, preferences_from
from recommender.preferences.interests import Edit
from recommender.serving import user_context
from tests.factories import make_profile, make_user


@pytest.fixture
def willing(patient) -> Profile:
    agree(profile=patient)
    return patient


def test_nothing_is_stored_without_consent(patient):
    with pytest.raises(AppError) as rejected:
        save_health_answers(profile=patient, answers={"goals": ["supple"]})
    assert (rejected.value.code, rejected.value.status) == ("consent_needed", 403)
    assert not HealthAnswers.objects.exists()


def test_screens_are_stored_one_by_one_and_an_empty_answer_erases(willing):
    save_health_answers(profile=willing, answers={"goals": ["supple", "move", "supple"]})
    row = save_health_answers(profile=willing, answers={"level": "new", "equipment": []})
    assert row.answers == {"goals": ["supple", "move"], "level": "new"}
    assert save_health_answers(profile=willing, answers={"goals": []}).answers == {"level": "new"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"goals": ["fly"]}, "goals"), ({"level": "expert"}, "level"), ({"blood": "A"}, "question"),
     ({"goals": [["x"]]}, "goals"), ({"words": "x" * 2001}, "text")],
)  # fmt: skip
def test_a_bad_answer_is_rejected_by_name(willing, answers, field):
    with pytest.raises(AppError) as rejected:
        save_health_answers(profile=willing, answers=answers)
    assert rejected.value.details["field"] == field
    assert not HealthAnswers.objects.exists()


def test_answers_and_the_typed_text_are_stated_preferences_of_the_next_list(willing, health):
    save_health_answers(
        profile=willing,
        answers={"goals": ["supple"], "foods": ["no-pork"], "words": "my back is stiff"},
    )
    edit_interest_text(
        profile=willing, edit=Edit(text="twenty minutes", add={"soup": 0.5}, mute=("garlic",))
    )
    stated_preferences = user_context.user_context_of(willing, health).stated_preferences
    assert stated_preferences.text.startswith("twenty minutes\nmy back is stiff\n")
    assert "拉伸" in stated_preferences.text
    assert {"garlic", "pork", "猪肉"} <= stated_preferences.unwanted
    assert dict(stated_preferences.wanted) == {"soup": 0.5}


def test_a_word_that_the_person_added_is_not_avoided(willing, health):
    save_health_answers(profile=willing, answers={"foods": ["no-pork"]})
    edit_interest_text(profile=willing, edit=Edit(add={"pork": None}))
    assert "pork" not in user_context.user_context_of(willing, health).stated_preferences.unwanted


def test_the_interest_text_holds_nothing_of_them(willing):
    save_health_answers(profile=willing, answers={"words": "my secret knee"})
    edit_interest_text(profile=willing, edit=Edit(text="soups"))
    text = InterestText.objects.get()
    assert (text.text, text.unwanted) == ("soups", [])


def test_erasing_them_leaves_everything_else(willing, health):
    save_health_answers(profile=willing, answers={"goals": ["supple"]})
    edit_interest_text(profile=willing, edit=Edit(text="soups"))
    erase_health_answers(profile=willing)
    assert not HealthAnswers.objects.exists()
    assert not has_consent(willing, CONSENT.key)
    assert user_context.user_context_of(willing, health).stated_preferences.text == "soups"
    with pytest.raises(AppError):
        save_health_answers(profile=willing, answers={"goals": ["supple"]})


def test_withdrawing_the_consent_anywhere_erases_them(willing):
    save_health_answers(profile=willing, answers={"goals": ["supple"]})
    withdraw_consent(holder=willing, purpose=CONSENT.key)
    assert not HealthAnswers.objects.exists()


def test_another_consent_or_person_erases_nothing(willing, health):
    save_health_answers(profile=willing, answers={"goals": ["supple"]})
    health_answers.forget(holder=willing, purpose="letters")
    health_answers.forget(holder=make_user(pk=willing.pk), purpose=CONSENT.key)
    erase_health_answers(profile=make_profile(health))
    assert HealthAnswers.objects.exists()


def test_they_go_with_the_person(willing):
    save_health_answers(profile=willing, answers={"goals": ["supple"]})
    willing.delete()
    assert not HealthAnswers.objects.exists()
    assert not Consent.objects.exists()


def test_they_come_along_at_sign_in_and_the_accounts_stand(health):
    visit, user = make_profile(health, external_id=None), make_user()
    agree(profile=visit)
    save_health_answers(profile=visit, answers={"goals": ["cook"]})
    claim_profile(profile=visit, user=user)
    account = Profile.objects.get(user=user)
    assert selectors.health_answers(account, health).answers == {"goals": ["cook"]}
    later = make_profile(health, external_id=None)
    agree(profile=later)
    save_health_answers(profile=later, answers={"goals": ["calm"]})
    merge_profiles(source=later, target=account)
    assert HealthAnswers.objects.get().answers == {"goals": ["cook"]}
    assert has_consent(account, CONSENT.key)


def test_other_catalogues_are_not_asked_for_any(profile, catalog, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert selectors.health_answers(profile, catalog) is None


def test_personal_lists_off_reads_none(willing, health):
    save_health_answers(profile=willing, answers={"goals": ["supple"]})
    willing.personal = False
    assert not user_context.user_context_of(willing, health).stated_preferences


def test_every_option_has_text_or_avoided_words():
    for question in QUESTIONS:
        for option in question.options:
            assert option.text or option.avoids, (question.key, option.key)
        assert len({option.key for option in question.options}) == len(question.options)


def test_lines_have_labels_and_unknown_keys_are_skipped():
    answers = {"goals": ["move", "gone"], "level": "some", "words": "early mornings"}
    assert lines_of(answers) == [
        ("What would you like to do?", "Move more"),
        ("How much exercise are you used to?", "Some"),
        ("In your own words", "early mornings"),
    ]
    assert preferences_from({}) == preferences_from({"goals": ["gone"]})
    assert not preferences_from({})
