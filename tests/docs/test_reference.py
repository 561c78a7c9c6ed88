"""The generated reference leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from docs import generate
from docs.api_reference import api_description
from recommender.engine.ranking.features import FEATURES, Kind
from recommender.engine.scorers.registry import SCORERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return generate.pages()


def headings(page: str) -> list[str]:
    return re.findall(r"^## (.+)$", page, re.MULTILINE)


def test_every_setting_has_a_meaning(pages):
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", pages["reference/settings.md"], re.MULTILINE
    )
    example = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert [name for name, _default, _meaning in rows] == example
    assert not [name for name, _default, meaning in rows if not meaning]


def test_every_command_is_described_with_its_arguments(pages):
    page = pages["reference/commands.md"]
    ours = [name for name, app in get_commands().items() if app in generate.APPS]
    assert headings(page) == sorted(ours)
    train = page.split("## train\n")[1].split("\n## ")[0]
    assert "python manage.py train" in train
    assert "| `--force` | train even without new data |" in train
    assert "--verbosity" not in page
    controls = page.split("### experiment controls\n")[1].split("\n## ")[0]
    assert "| `--catalogs SLUG` | catalogues with a live model |" in controls


def test_every_operation_of_the_api_is_listed(pages):
    paths = api_description()["paths"]
    operations = sum(len(methods) for methods in paths.values())
    assert len(headings(pages["reference/api.md"])) == operations


def test_an_operation_names_its_parameters_with_limits(pages):
    page = pages["reference/api.md"]
    part = page.split("## GET /{slug}/recommendations\n")[1].split("\n## ")[0]
    assert re.search(r"\| `n` \| query \| integer, 1 to 100 \|", part)


def test_every_scorer_is_described(pages):
    page = pages["reference/scorers.md"]
    assert headings(page) == [*SCORERS, "hybrid"]
    for part in page.split("\n## ")[1:]:
        assert len(part.splitlines()[2]) > 20, part


def test_every_feature_is_listed_with_its_kind_and_meaning(pages):
    page = pages["reference/features.md"]
    for feature in FEATURES:
        assert re.search(rf"\| `{feature.name}` \| `\(.*?\)` \| {feature.kind} \|", page), feature
        assert generate.in_cell(feature.meaning) in page
    for kind in Kind:
        assert f"\n| {kind} | " in page


def test_every_decision_is_listed(pages):
    files = {path.name for path in (ROOT / "docs" / "decisions").glob("*.md")}
    assert set(re.findall(r"\((\d.+?\.md)\)", pages["decisions/index.md"])) == files


def test_no_page_names_a_folder_of_this_machine(pages):
    assert not [path for path, page in pages.items() if str(ROOT) in page]


@pytest.mark.parametrize(
    ("html", "is_foreign"),
    [
        ('<script src="https://example.org/x.js">', True),
        ('<img alt="" src="//example.org/x.png">', True),
        ('<a href="https://example.org/">', False),
        ('<script src="assets/x.js">', False),
    ],
)
def test_what_is_loaded_from_another_host_is_seen(html, is_foreign):
    assert bool(generate.FOREIGN.search(html)) is is_foreign
