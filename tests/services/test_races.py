"""Races: the database decides, and the loser gets an error."""

from __future__ import annotations

import pytest

from catalog.interactions.record import record_interaction
from catalog.models import Interaction, Profile
from catalog.profiles.services import get_or_create_profile, merge_profiles
from config.errors import AppError
from recommender.interests import interest_texts
from recommender.models import InterestText, ModelVersion, TrainingRun
from recommender.preferences.interests import Edit
from recommender.training import artifact_store, runs
from recommender.training.versions import promote
from tests.factories import make_catalog, make_item, make_profile
from tests.services.conftest import at_once

pytestmark = pytest.mark.services

ROUNDS = 10


@pytest.fixture
def run(catalog):
    return runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.ADMIN, send=False)


def test_of_two_workers_that_claim_a_run_one_gets_it(run):
    claims = at_once(*[lambda: runs.claim_run(run_id=run.pk)] * 4)
    assert sorted(claim is not None for claim in claims) == [False, False, False, True]


def test_of_two_requests_one_is_queued(catalog):
    def request():
        return runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.API, send=False)

    outcomes = at_once(request, request)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AppError", "TrainingRun"]
    assert TrainingRun.objects.count() == 1


def test_a_queued_run_is_not_claimed_beside_a_running_one(catalog, run):
    runs.claim_run(run_id=run.pk)
    second = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.API, send=False)
    assert at_once(*[lambda: runs.claim_run(run_id=second.pk)] * 2) == [None, None]


def test_of_two_promotions_one_is_live_and_the_other_gets_an_error(catalog, monkeypatch):
    monkeypatch.setattr(artifact_store, "damage_of", lambda path: "")
    versions = [
        ModelVersion.objects.create(catalog=catalog, number=number, folder=f"x/{number}")
        for number in (1, 2)
    ]
    lost = 0
    for _ in range(ROUNDS):
        outcomes = at_once(
            *[lambda version=version: promote(version=version) for version in versions * 3]
        )
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert all(
            isinstance(error, AppError) and error.code == "promotion_lost" for error in errors
        ), errors
        assert catalog.model_versions.filter(state=ModelVersion.State.LIVE).count() == 1
        lost += len(errors)
        catalog.model_versions.update(state=ModelVersion.State.CANDIDATE)
    assert lost < ROUNDS * 6


def test_an_event_that_arrives_twice_at_once_is_one_event():
    catalog = make_catalog()
    profile, item = make_profile(catalog), make_item(catalog)
    for number in range(ROUNDS):
        outcomes = at_once(
            *[
                lambda number=number: record_interaction(
                    profile=profile, item=item, kind="take", event_id=f"event-{number}"
                )
            ]
            * 2
        )
        assert sorted(new for _interaction, new in outcomes) == [False, True]
    assert Interaction.objects.count() == ROUNDS


def test_a_profile_that_is_first_seen_twice_at_once_is_one_profile():
    catalog = make_catalog()
    find = lambda: get_or_create_profile(catalog=catalog, external_id="ann")  # noqa: E731
    found = at_once(find, find, find)
    assert len({profile.pk for profile in found}) == 1
    assert Profile.objects.count() == 1


def test_json_is_found_by_what_it_holds(catalog):
    make_item(catalog, external_id="mug", attributes={"colour": "红", "size": {"ml": 300}})
    make_item(catalog, external_id="towel", attributes={"colour": "blue"})
    assert catalog.items.get(attributes__contains={"colour": "红"}).external_id == "mug"
    assert catalog.items.get(attributes__size__ml__gte=300).external_id == "mug"
    ModelVersion.objects.create(
        catalog=catalog, number=1, folder="x", metrics={"ours": {"ndcg": 0.1, "cold": None}}
    )
    assert ModelVersion.objects.get(metrics__ours__ndcg__gt=0.05).metrics["ours"]["cold"] is None


def test_simultaneous_edits_of_an_interest_text_are_all_stored():
    profile = make_profile(make_catalog())
    for number in range(ROUNDS):
        names = [f"word{number}x{index}" for index in range(3)]
        edits = [
            lambda name=name: interest_texts.edit_interest_text(
                profile=profile, edit=Edit(add={name: None})
            )
            for name in names
        ]
        outcomes = at_once(*edits, lambda: interest_texts.refresh_interest_text(profile=profile))
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert set(names) <= {word.word for word in InterestText.objects.get().interests.words}
    assert InterestText.objects.get().revision == 3 * ROUNDS


def test_an_edit_and_the_merge_of_its_profile_leave_one_text():
    for _ in range(ROUNDS):
        catalog = make_catalog()
        visit, account = make_profile(catalog, external_id=None), make_profile(catalog)
        for profile in (visit, account):
            interest_texts.edit_interest_text(profile=profile, edit=Edit(add={"wool": None}))
        edit = lambda account=account: interest_texts.edit_interest_text(  # noqa: E731
            profile=account, edit=Edit(add={"silk": None})
        )
        merge = lambda visit=visit, account=account: merge_profiles(source=visit, target=account)  # noqa: E731
        outcomes = at_once(edit, merge)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
        row = InterestText.objects.get(profile__catalog=catalog)
        assert {"wool", "silk"} <= {word.word for word in row.interests.words}
