"""Files that the root's pages and the code name are there; `make docs` checks the site's links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import generate

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"(?<![\w/.])docs/[\w/-]+\.md")
CODE = re.compile(r"`((?:accounts|catalog|config|recommender|templates|tests|deploy)/[\w./-]+)`")
IN_CODE = ("config", "accounts", "catalog", "recommender", "templates", "deploy")


def outside_pages() -> list[Path]:
    """Markdown outside the site, with links that a reader of the repository follows."""
    return [*ROOT.glob("*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob(".github/*.md")]


def code_files() -> list[Path]:
    folders = [ROOT / name for name in IN_CODE]
    inside = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".py", ".md", ".html")
    ]
    return [*inside, ROOT / "Makefile", ROOT / ".env.example", ROOT / "mkdocs.yml"]


def present_pages() -> list[Path]:
    """Pages about the code of today; decisions and the changelog are about that of their day."""
    docs = [path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "decisions"]
    return [*docs, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]


@pytest.mark.parametrize("page", outside_pages(), ids=lambda path: path.name)
def test_links_lead_to_files(page):
    links = [
        link for link in LINK.findall(page.read_text()) if not link.startswith(("http", "mailto:"))
    ]
    assert not [link for link in links if not (page.parent / link).exists()]


def test_docs_that_code_names_are_there():
    made = {f"docs/{path}" for path in generate.pages()}
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in code_files()
        for name in NAMED.findall(path.read_text())
        if name not in made and not (ROOT / name).exists()
    ]
    assert not missing


def test_code_files_that_docs_name_are_there():
    missing = [
        f"{page.name}: {path}"
        for page in present_pages()
        for path in CODE.findall(page.read_text())
        if not (ROOT / path).exists()
    ]
    assert not missing


def test_paths_in_contributing_are_there():
    named = re.findall(r"`([\w.]+/[\w./-]*)`", (ROOT / "CONTRIBUTING.md").read_text())
    faces = ("views/", "api/", "admin/", "management/")
    others = ("privacy/", "migrations/", "templatetags/", "tests/")
    assert len(named) > 15
    assert not [path for path in named if path not in faces + others and not (ROOT / path).exists()]
