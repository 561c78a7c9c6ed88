"""Fixtures that most tests need; `tests.factories` makes rows with other fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.models import User
from catalog.models import Catalog, Item, Profile
from config import celery_app, outage, stopping
from config.caching import forget_process_caches
from recommender.models import ModelVersion, TrainingRun
from recommender.training import execution, runs
from tests.factories import (
    make_catalog,
    make_interaction,
    make_item,
    make_profile,
    make_staff,
    make_user,
)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    forget_process_caches()
    outage.redis.failing = False
    translation.activate(project_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a serving process does beside its requests is done when the request asks for it: a
    thread has no part in a test's transaction."""
    monkeypatch.setattr("recommender.serving.live_models.background", lambda work: work())


@pytest.fixture(autouse=True)
def _own_stage_files(settings: Any, tmp_path: Path) -> None:
    """The numbers of runs are the same in tests that run at the same time."""
    settings.STAGES_DIR = tmp_path / "stages"
    stopping.forget()


@pytest.fixture(autouse=True)
def _no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches a silent run for seconds before it is failed."""
    monkeypatch.setattr("config.silence.sleep", lambda seconds: None)


@pytest.fixture
def tasks_in_place() -> Iterator[None]:
    """Tasks run at once, even with a real broker, since no worker runs for the tests."""
    names = ("task_always_eager", "task_eager_propagates")
    before = {name: bool(celery_app.conf.get(name)) for name in names}
    celery_app.conf.update(dict.fromkeys(names, True))
    yield
    celery_app.conf.update(before)


@pytest.fixture
def catalog(db: None) -> Catalog:
    return make_catalog(slug="shop", name="Shop")


@pytest.fixture
def items(catalog: Catalog) -> list[Item]:
    """Six items in two categories, the oldest first."""
    titles = ["Red Mug", "Blue Mug", "Green Mug", "Tea Towel", "Bath Towel", "Beach Towel"]
    return [
        make_item(catalog, title=title, categories=[f"{title.split()[1]}s"]) for title in titles
    ]


@pytest.fixture
def user(db: None) -> User:
    return make_user()


@pytest.fixture
def staff(db: None) -> User:
    return make_staff()


@pytest.fixture
def signed_in(client: Client) -> User:
    """The account that is signed in with the test's client."""
    account = make_user()
    client.force_login(account)
    return account


@pytest.fixture
def account() -> User | None:
    """Ann's account, None by default; a file that signs her in returns ``signed_in``."""
    return None


@pytest.fixture
def profile(catalog: Catalog, account: User | None) -> Profile:
    """Ann, without any event."""
    return make_profile(catalog, user=account, external_id="ann")


@pytest.fixture
def taken() -> list[Item]:
    """The items that Ann took, the oldest first; a file may override it."""
    return []


@pytest.fixture
def ann(taken: list[Item], profile: Profile) -> Profile:
    """Ann, who took ``taken``."""
    for item in taken:
        make_interaction(profile, item)
    return profile


@pytest.fixture
def artifacts(settings: Any, tmp_path: Path) -> Path:
    """The folder of this test's models."""
    settings.ARTIFACTS_DIR = tmp_path / "artifacts"
    return settings.ARTIFACTS_DIR


@pytest.fixture
def live_version(catalog: Catalog, items: list[Item], artifacts: Path) -> ModelVersion:
    """A model that was trained and promoted: of twelve people, six took mugs and six towels."""
    for number in range(12):
        person = make_profile(catalog, external_id=f"trained-{number}")
        for item in (items[:3], items[3:])[number % 2][: 2 + number // 2 % 2]:
            make_interaction(person, item)
    run = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.COMMAND, send=False)
    execution.carry_out(runs.claim_run(run_id=run.pk))
    return ModelVersion.objects.select_related("catalog").get(run=run)
