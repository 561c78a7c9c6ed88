"""Models hold sums without names, and after the next training nothing of erased people."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import numpy as np
import pytest
from django.utils.timezone import now
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts.models import Erasure
from accounts.privacy import erasure
from catalog.models import Catalog, Item, Profile
from recommender.models import ModelVersion, TrainingRun
from recommender.privacy.personal_data import in_models
from recommender.training import execution, run_queries, runs, versions
from tests.factories import make_catalog, make_interaction, make_item, make_profile

PEOPLE = 13  # differs from every other count
FAR = 7_654_321  # keys that are in no array by chance


@pytest.fixture
def items(catalog) -> list[Item]:
    return [make_item(catalog, title=f"{word} {thing}", categories=[thing])
            for thing in ("mug", "towel")
            for word in ("red", "blue", "green", "white")]  # fmt: skip


def people(
    catalog: Catalog, items: list[Item], *, names: str = "person", keys: int = 0
) -> list[Profile]:
    """People who take mugs or towels one after another, at fixed times."""
    began = now().replace(year=2026, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    for number in range(PEOPLE):
        own = {"pk": keys + number} if keys else {}
        profile = make_profile(catalog, external_id=f"{names}-{number}", **own)
        for act in range(2 + number % 3):
            when = began + timedelta(hours=number + PEOPLE * act)
            make_interaction(profile, items[4 * (number % 2) + (act + number) % 4], created_at=when)
        found.append(profile)
    return found


def train(catalog: Catalog) -> ModelVersion:
    run = runs.request_training(catalog=catalog, trigger="command", send=False)
    execution.carry_out(runs.claim_run(run_id=run.pk))
    return ModelVersion.objects.get(run=run)


def arrays(version: ModelVersion) -> dict[str, np.ndarray]:
    return {file.name: np.load(file) for file in version.path.glob("*.npy")}


def sums(version: ModelVersion) -> dict[str, str]:
    return {
        name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays(version).items()
    }


def test_an_artifact_has_no_id_of_a_person_and_no_row_per_person(catalog, items):
    people(catalog, items, names="zzperson", keys=FAR)
    version = train(catalog)
    assert len(arrays(version)) > 10
    for name, array in arrays(version).items():
        assert PEOPLE not in array.shape, name
        if array.dtype.kind in "iu" and array.itemsize >= 4:
            assert not ((array >= FAR) & (array < FAR + PEOPLE)).any(), name
    for file in version.path.iterdir():
        content = file.read_bytes()
        assert b"zzperson" not in content, file.name
        assert str(FAR)[:5].encode() not in content or file.suffix == ".npy", file.name


def test_who_people_are_changes_no_number_of_a_model(catalog, items):
    profiles = people(catalog, items)
    first = train(catalog)
    for profile in reversed(profiles):  # the same events with other keys, names and order
        profile.delete()
    people(catalog, items, names="somebody-else", keys=FAR)
    assert sums(train(catalog)) == sums(first)


def test_the_next_model_is_the_one_that_never_met_who_was_erased(catalog, items):
    people(catalog, items)
    without = train(catalog)
    ann = make_profile(catalog, external_id="ann")
    for item in (items[0], items[7], items[2]):
        make_interaction(ann, item)
    met = train(catalog)
    assert sums(met) != sums(without)
    erasure.erase(person=ann, place="shop", by="person")
    again = train(catalog)
    assert again.pk != met.pk
    assert sums(again) == sums(without)


@pytest.mark.parametrize("scheduled", [True, False])
def test_the_page_says_what_the_serving_model_holds_and_until_when(catalog, items, scheduled):
    if scheduled:
        every = IntervalSchedule.objects.create(every=300, period="seconds")
        PeriodicTask.objects.create(name=run_queries.SCHEDULED_TRAINING, interval=every, task="x")
    assert in_models("shop", now()) == ""
    people(catalog, items)
    versions.promote(version=train(catalog))
    text = in_models("shop", now())
    assert "is still part of the live model, as totals without your name" in text
    assert ("at the latest" in text) == scheduled
    assert ("The next training run leaves it out" in text) != scheduled
    erased_at = now()
    make_interaction(make_profile(catalog), items[0])
    versions.promote(version=train(catalog))
    assert (
        in_models("shop", erased_at) == "The live model was trained after that, without this data."
    )


def test_an_erasure_brings_a_training_within_a_day(catalog, items):
    people(catalog, items)
    train(catalog)
    assert run_queries.catalogs_due() == []
    ann = Profile.objects.get(external_id="person-3")
    erasure.erase(person=ann, place="shop", by="program")
    assert run_queries.catalogs_due() == []
    long_ago = now() - timedelta(days=3)
    TrainingRun.objects.update(started_at=long_ago, data_at=long_ago)
    Erasure.objects.update(created_at=now() - timedelta(hours=25))
    assert run_queries.catalogs_due() == [catalog]
    train(catalog)
    assert run_queries.catalogs_due() == []


def test_an_erasure_without_events_or_elsewhere_brings_none(catalog, items):
    people(catalog, items)
    train(catalog)
    TrainingRun.objects.update(started_at=now() - timedelta(days=3))
    other = make_profile(make_catalog(slug="school"))
    make_interaction(other, make_item(other.catalog))
    erasure.erase(person=other, place="school", by="person")
    erasure.erase(person=make_profile(catalog), place="shop", by="person")
    Erasure.objects.update(created_at=now() - timedelta(hours=25))
    assert run_queries.catalogs_due() == []
