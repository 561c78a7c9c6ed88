"""The design names the folders, files and layers of today."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "design.md").read_text()
APPS = ("accounts", "catalog", "recommender", "recommender/engine")
OF_DJANGO = {"migrations", "templatetags", "engine"}
"""Not in the tree: Django's own folders, and the engine, which has a part of its own."""


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def blocks(heading: str) -> list[list[str]]:
    """The lines of each block of text in a section."""
    return [part.split("```")[0].splitlines() for part in section(heading).split("```text\n")[1:]]


def tree() -> Iterator[str]:
    """The folders of the tree, from the root of the repository."""
    parent = ""
    for line in blocks("The tree")[0]:
        folders = re.findall(r"[\w/]+/(?=\s|$)", line)
        if line.startswith(" "):
            yield from (parent + folder for folder in folders)
        else:
            [parent] = folders
            yield parent


def contract(container: str) -> list[set[str]]:
    """The layers that import-linter holds within an app, from the top."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [
        each["layers"] for each in linter["contracts"] if each.get("containers") == [container]
    ]
    return [set(layer.split(" : ")) for layer in layers]


def test_the_tree_has_every_folder():
    shown = {folder.rstrip("/") for folder in tree()}
    there = {
        f"{app}/{path.name}"
        for app in APPS
        for path in (ROOT / app).iterdir()
        if (path / "__init__.py").exists() and path.name not in OF_DJANGO
    }
    assert there | {*APPS, "config", "templates"} == shown


@pytest.mark.parametrize("file", re.findall(r"[\w/]+\.py", section("How a request flows")))
def test_the_picture_shows_files_that_are_there(file):
    folders = ("", "recommender", "recommender/serving", "recommender/engine")
    assert any((ROOT / folder / file).exists() for folder in folders)


@pytest.mark.parametrize(("at", "app"), [(0, "recommender"), (1, "catalog")])
def test_the_layers_are_those_of_the_contracts(at, app):
    lines = blocks("Who may import whom")[at]
    assert [set(line.split("        ")[0].split()) for line in lines] == contract(app)
