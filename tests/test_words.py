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
OLD_CLASSES = {
    *("Person", "Place", "Part", "Answers", "World", "Choice", "Reading", "Mix", "Share", "Row"),
    *("Difference", "Meaning", "Told", "Kept", "Judge"),
}
"""Names with several meanings before: each class now has a word of its own."""

ALLOWED = {
    "judged": "a parameter of the sequence scorer, in the manifests of stored versions",
    "accounts/privacy/registry.py Place": "where data of a person is: an account or a catalogue",
    "catalog/browse/rows.py Row": "a row of a home, the one meaning of the word",
    "recommender/explanations/explanations.py Share": "what one subject gave to a score",
    "recommender/engine/tuning/coordinate_search.py Mix": "goes with the coordinate search",
}
"""What may stay, with the reason."""


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


def test_class_names_have_one_meaning():
    wrong = [
        f"{path.relative_to(ROOT).as_posix()} {node.name}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name in OLD_CLASSES
    ]
    assert not set(wrong) - set(ALLOWED)


def test_file_names_hold_no_old_word():
    wrong = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in {".py", ".html", ".css", ".js"}
        if words_in(path.stem) & OLD_WORDS
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
