"""The version of this code."""

from __future__ import annotations

import tomllib
from functools import cache

from config.env import BASE_DIR


@cache
def product_version() -> str:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])
