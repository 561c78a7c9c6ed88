"""Fixtures of the recommender: an artifact folder per test, a live model, a fake interest model."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Catalog, Item, Profile
from recommender.serving import left_out
from recommender.training import queue, versions
from tests.factories import make_catalog, make_profile
from tests.recommender.fake_interest import FakeInterest
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture(autouse=True)
def _own_artifacts(artifacts: Path) -> None:
    """Each test has its own artifact folder."""


@pytest.fixture(autouse=True)
def _nothing_left_out_before() -> None:
    """Each test searches its own items for what people leave out."""
    left_out.forget()


@pytest.fixture
def interest(monkeypatch: pytest.MonkeyPatch) -> FakeInterest:
    """The interest model of every live model."""
    fake = FakeInterest()
    monkeypatch.setattr(
        "recommender.interests.generation.interest_of", lambda model: fake if model else None
    )
    return fake


@pytest.fixture
def sent_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that are sent to a worker. None of them is carried out."""
    runs: list[int] = []
    monkeypatch.setattr(queue, "enqueue_training", runs.append)
    return runs


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Artifacts are intact, except those whose folder's name holds "bad"."""
    monkeypatch.setattr(
        "recommender.training.artifact_store.damage_of",
        lambda path: "broken" if "bad" in path.name else "",
    )


@pytest.fixture
def things(catalog: Catalog) -> list[Item]:
    """Eight mugs, then eight towels, with a live model."""
    items, _profiles = two_camps(catalog)
    versions.promote(version=publish_by_hand(catalog, 1))
    return items


@pytest.fixture
def health(db: None) -> Catalog:
    return make_catalog(slug="health", domain=Catalog.Domain.HEALTH)


@pytest.fixture
def patient(health: Catalog) -> Profile:
    """Ann in the health catalogue."""
    return make_profile(health, external_id="ann")
