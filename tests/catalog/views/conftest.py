from __future__ import annotations

import pytest

from tests.catalog.views.browsing import BROWSER


@pytest.fixture
def visit(client):
    """Get a page as a person's browser does."""
    return lambda address, **headers: client.get(address, **{**BROWSER, **headers})
