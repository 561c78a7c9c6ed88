"""Commands, targets, settings and names of the API that docs use are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from rest_framework.exceptions import APIException

from catalog.api.validation import invalid
from docs import generate
from docs.api_reference import api_description
from tests.docs.test_links import IN_CODE, present_pages

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = [ROOT / "docs" / "tutorial.md", *(ROOT / "docs" / "how-to").glob("*.md")]
PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def api():
    return api_description()


@pytest.fixture(scope="module")
def addresses(api) -> list[re.Pattern[str]]:
    """The addresses within a catalogue, with any id."""
    within = (path.partition("{slug}/")[2] for path in api["paths"])
    return [re.compile(PLACEHOLDER.sub("[^/]+", path)) for path in within]


def code(*more: str) -> str:
    """All our Python; ``more``: further folders."""
    folders = [ROOT / name for name in (*IN_CODE, *more)]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return "\n".join(path.read_text() for path in files)


@pytest.fixture(scope="module")
def commands() -> dict[str, str]:
    """What the reference says about each command of ours."""
    parts = generate.pages()["reference/commands.md"].split("\n## ")[1:]
    return {part.split("\n")[0]: part for part in parts}


@pytest.mark.parametrize("page", present_pages(), ids=lambda path: path.name)
def test_commands_are_there_with_their_options(page, commands):
    for name, rest in re.findall(r"manage\.py ([a-z_]+)([^`\n]*)", page.read_text()):
        assert name in get_commands()
        if name in commands:
            options = re.findall(r"(?<= )--[a-z-]+", rest)
            assert not [each for each in options if f"`{each}" not in commands[name]]


@pytest.mark.parametrize("page", present_pages(), ids=lambda path: path.name)
def test_make_targets_are_there(page):
    named = {*re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)}
    targets = {*re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)}
    assert named <= targets


@pytest.mark.parametrize("page", present_pages(), ids=lambda path: path.name)
def test_settings_are_there(page):
    named = re.findall(r"`([A-Z]+(?:_[A-Z]+)+)[`=]", page.read_text())
    known = (ROOT / ".env.example").read_text() + (ROOT / "Makefile").read_text() + code("tests")
    assert not [name for name in named if not re.search(rf"\b{name}\b", known)]


@pytest.mark.parametrize("page", HOW_TO, ids=lambda path: path.name)
def test_addresses_of_the_api_are_there(page, addresses):
    text = page.read_text()
    named = re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) (?:…/)?([^?`/][^?`]*)", text)
    named += re.findall(r"\$(?:SHOP|BOOKS)/([\w/-]*\w)", text)
    assert not [path for path in named if not any(each.fullmatch(path) for each in addresses)]


def test_fields_of_the_api_are_there(api):
    schemas = api["components"]["schemas"].values()
    fields = {name for schema in schemas for name in schema.get("properties", {})}
    text = (ROOT / "docs" / "how-to" / "api.md").read_text()
    text += (ROOT / "docs" / "how-to" / "interests.md").read_text()
    used = set(re.findall(r"\"(\w+)\": ", text))
    answers_about_health = {"goals", "level", "foods"}
    assert used - answers_about_health <= fields


def test_parameters_of_a_list_are_those_of_the_api(api):
    operation = api["paths"]["/api/v1/catalogs/{slug}/recommendations"]["get"]
    rows = (ROOT / "docs" / "how-to" / "api.md").read_text().split("| parameter |")[1]
    named = set(re.findall(r"^\| `(\w+)` \|", rows.split("\n\n")[0], re.MULTILINE))
    assert named == {each["name"] for each in operation["parameters"]} - {"slug"}


def test_the_example_of_an_error_is_what_the_api_answers():
    text = (ROOT / "docs" / "how-to" / "api.md").read_text().split("## When something is wrong")[1]
    example = json.loads(text.split("```json\n")[1].split("```")[0])
    error = invalid(example["details"])
    assert example == {"code": error.code, "message": error.message, "details": error.details}


def test_codes_of_errors_are_there():
    rows = (ROOT / "docs" / "how-to" / "api.md").read_text().split("| status | code |")[1]
    named = re.findall(r"`([a-z_]+)`", " ".join(re.findall(r"^\| [\d, ]+ \| (.*?) \|", rows, re.M)))
    known = {each.default_code for each in APIException.__subclasses__()}
    own = code()
    assert len(named) > 15
    assert not [each for each in named if each not in known and f'"{each}"' not in own]
