"""One word, one meaning: the words of docs/explanation/glossary.md, and none of the old dialect."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("accounts", "catalog", "config", "recommender", "templates", "tests")
OLD_WORDS = {
    *("afloat", "sinking", "sunk", "sink", "sinks", "sank", "drafting", "draft", "drafts"),
    *("sitting", "wish", "wishes", "wished", "wishing", "wishful", "floor", "floors"),
    *("pool", "pools", "holding", "holdings", "kept", "told", "gone", "aside"),
    *("judge", "judged", "judging", "standing", "standings"),
    *("refusal", "refusals", "refuse", "refused", "refuses", "refusing"),
}
ALLOWED = {
    "np.floor": "rounds down",
    "judged": "a parameter of the sequence scorer, in the manifests of stored versions",
    "ThreadPoolExecutor": "Python's name",
    "ProcessPoolExecutor": "Python's name",
    "threadpool_limits": "threadpoolctl's name",
    "test_words": "this file",
}
"""Identifiers that hold an old word in its plain meaning, with the reason."""


def words_in(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def identifiers(path: Path) -> Iterator[tuple[str, int]]:
    """Names that a file defines, assigns or takes as arguments, with their lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node.lineno


def test_identifiers_hold_no_old_word():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name, line in identifiers(path)
        if name not in ALLOWED and words_in(name) & OLD_WORDS
    ]
    assert not wrong


def test_file_names_hold_no_old_word():
    wrong = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in {".py", ".html", ".css", ".js"}
        if path.stem not in ALLOWED and words_in(path.stem) & OLD_WORDS
    ]
    assert not wrong


def test_messages_hold_no_old_word():
    catalogue = polib.pofile(str(ROOT / "config/locale/zh_Hans/LC_MESSAGES/django.po"))
    wrong = [
        entry.msgid
        for entry in catalogue
        if not entry.obsolete and words_in(entry.msgid) & OLD_WORDS
    ]
    assert not wrong
