from __future__ import annotations

import pytest

from catalog.views import page_provider
from catalog.views.page_provider import PageProvider


@pytest.fixture
def no_provider():
    """The catalogue's pages without the recommender's additions."""
    registered = page_provider.provider()
    page_provider.register(PageProvider())
    yield
    page_provider.register(registered)
