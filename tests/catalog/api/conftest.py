from __future__ import annotations

import pytest

from catalog.models import Catalog
from tests.api_clients import Program, writer


@pytest.fixture
def api(catalog: Catalog) -> Program:
    """A program with a key that may write."""
    return writer(catalog)
