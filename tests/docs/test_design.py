"""The design names the folders, files and layers of today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import imports, python_files

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "design.md").read_text()
APPS = ("accounts", "catalog", "recommender", "recommender/engine")
OF_DJANGO = {"migrations", "templatetags", "engine"}
"""Not in the tree: Django's own folders, and the engine, which has a part of its own."""


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def block(heading: str) -> list[str]:
    """The lines of a section's first block of text."""
    return section(heading).split("```text\n")[1].split("```")[0].splitlines()


def tree() -> Iterator[str]:
    """The folders of the tree, from the root of the repository."""
    parent = ""
    for line in block("The tree"):
        folders = re.findall(r"[\w/]+/(?=\s|$)", line)
        if line.startswith(" "):
            yield from (parent + folder for folder in folders)
        else:
            [parent] = folders
            yield parent


def layers() -> dict[str, int]:
    """The layer of each folder and file of `recommender/`, 0 at the bottom."""
    lines = [line.split("        ")[0].split() for line in block("Who may import whom")]
    return {
        name.removesuffix(".py"): level
        for level, names in enumerate(reversed([line for line in lines if line]))
        for name in names
    }


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


def test_the_layers_have_every_folder_of_the_recommender():
    there = {path.parent.name for path in (ROOT / "recommender").glob("*/__init__.py")}
    assert layers().keys() == there - {"migrations"} | {"tasks"}


def test_imports_go_down_the_layers():
    level = layers()
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("recommender")
        if (layer := path.relative_to(ROOT / "recommender").parts[0].removesuffix(".py")) in level
        for name in imports(path)
        if name.startswith("recommender.")
        and (imported := name.split(".")[1]) != layer
        and level[imported] >= level[layer]
    ]
    assert not wrong
