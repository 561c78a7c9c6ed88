from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from catalog.models import Catalog, Item
from tests.catalog.ingestion.files import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str | bytes) -> Path:
        content = text if isinstance(text, bytes) else text.encode()
        path = tmp_path / name
        path.write_bytes(
            gzip.compress(content) if name.endswith(".gz") and isinstance(text, str) else content
        )
        return path

    return write_file


@pytest.fixture
def mugs(catalog: Catalog) -> Catalog:
    for number in range(3):
        Item.objects.create(catalog=catalog, external_id=f"m{number}", title=f"Mug {number}")
    return catalog
