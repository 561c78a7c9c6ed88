"""schemathesis tries every operation of the description, as described and otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api_schema.conftest import Site

pytestmark = pytest.mark.schema

HERE = Path(__file__).parent
EXAMPLES = 12
"""Of each operation, beside those that cover each keyword of its schema."""


def test_the_api_does_what_its_description_says(site: Site, tmp_path: Path) -> None:
    command = [
        Path(sys.executable).with_name("schemathesis"),
        "--config-file", HERE / "schemathesis.toml", "--no-color",
        "run", f"{site.url}/api/schema/?format=json",
        "--header", f"Authorization: Api-Key {site.key}",
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", EXAMPLES, "--seed", 11, "--workers", 2,
        "--generation-database", "none", "--warnings", "off", "--continue-on-failure",
    ]  # fmt: skip
    done = subprocess.run(
        list(map(str, command)), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
