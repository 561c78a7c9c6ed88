"""A catalogue whose model was published by hand, somebody who reads it, and words without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Catalog, Item, Profile
from recommender.training import versions
from tests.factories import make_interaction, make_profile, make_user
from tests.recommender.fake_interest import FakeInterest
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where this test's models are kept."""
    settings.ARTIFACTS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def interest(monkeypatch: pytest.MonkeyPatch, folder: Path) -> FakeInterest:
    """What writes the words wherever a model serves."""
    fake = FakeInterest()
    monkeypatch.setattr("recommender.interests.generation.interest_of", lambda model: fake if model else None)
    return fake


@pytest.fixture
def things(catalog: Catalog, folder: Path) -> list[Item]:
    """Items of two camps, mugs and towels, and a live model of what people did with them."""
    items, _profiles = two_camps(catalog)
    versions.promote(version=publish_by_hand(catalog, 1))
    return items


@pytest.fixture
def taken(things: list[Item]) -> Item:
    """What Ann took: a mug, unless a file says otherwise."""
    return things[0]


@pytest.fixture
def ann(catalog: Catalog, taken: Item, client: Client) -> Profile:
    """Somebody who is signed in and took one thing, among people of whom half took mugs."""
    user = make_user()
    client.force_login(user)
    profile = make_profile(catalog, user=user, external_id=None)
    make_interaction(profile, taken)
    return profile
