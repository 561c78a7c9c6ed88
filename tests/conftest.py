"""Fixtures that most tests want; rows with other fields come from `tests.factories`."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from accounts.models import User
from catalog.models import Catalog, Item, Profile
from tests.factories import make_catalog, make_item, make_profile, make_staff, make_user


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def catalog(db: None) -> Catalog:
    return make_catalog(slug="shop", name="Shop")


@pytest.fixture
def items(catalog: Catalog) -> list[Item]:
    """Six items in two categories, the oldest first."""
    titles = ["Red Mug", "Blue Mug", "Green Mug", "Tea Towel", "Bath Towel", "Beach Towel"]
    return [make_item(catalog, title=title, categories=[f"{title.split()[1]}s"]) for title in titles]


@pytest.fixture
def user(db: None) -> User:
    return make_user()


@pytest.fixture
def staff(db: None) -> User:
    return make_staff()


@pytest.fixture
def profile(catalog: Catalog) -> Profile:
    return make_profile(catalog, external_id="ann")
