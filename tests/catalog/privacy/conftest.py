from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ANN = "customer-4711-ann"


class Audit:
    """What the command says about people."""

    def __init__(self, *ids: str, **options: Any) -> None:
        out, progress = io.StringIO(), io.StringIO()
        try:
            call_command(
                "audit_erasure",
                "shop",
                *ids,
                **options,
                json=True,
                stdout=out,
                stderr=progress,
            )
            self.code: Any = 0
        except SystemExit as ended:
            self.code = ended.code
        self.report = json.loads(out.getvalue())

    def where(self, column: str = "found") -> dict[str, Any]:
        return {place["place"]: place for place in self.report["places"] if place[column]}

    def clean(self) -> bool:
        return self.code == 0 and not self.where()


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path, catalog: Any) -> Path:
    """A VAR_DIR of this test."""
    settings.VAR_DIR, settings.FEED_DIR = tmp_path / "var", tmp_path / "var" / "feeds"
    settings.ARTIFACTS_DIR = tmp_path / "var" / "artifacts"
    settings.FEED_DIR.mkdir(parents=True)
    settings.ARTIFACTS_DIR.mkdir()
    return settings.VAR_DIR
