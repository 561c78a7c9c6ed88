from __future__ import annotations

import pytest

from catalog.models import Catalog, Item
from recommender.models import ModelVersion
from recommender.training import versions
from tests.api_clients import Program, writer
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def api(catalog: Catalog) -> Program:
    """A program with a key that may write."""
    return writer(catalog)


@pytest.fixture
def camps(catalog: Catalog) -> list[Item]:
    """Eight mugs, then eight towels. Even people take mugs only, odd ones towels only."""
    return two_camps(catalog)[0]


@pytest.fixture
def version(catalog: Catalog, camps: list[Item]) -> ModelVersion:
    """A live model of the camps."""
    return versions.promote(version=publish_by_hand(catalog, 1))
