"""The Chinese catalogue is complete, valid and compiled; checked without gettext."""

from __future__ import annotations

import polib
import pytest

from tests import messages


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return messages.load()


def key(entry: polib.POEntry) -> messages.Key:
    return entry.msgctxt, entry.msgid


def translation_of(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def test_texts_are_found_in_code_and_in_templates():
    found = {text.key: text for text in messages.texts()}
    assert ("act", "Save") in found
    assert ("courses", "Enrol") in found
    assert (None, "Why this?") in found
    assert (
        found[None, "Known to %(people)s person here"].plural == "Known to %(people)s people here"
    )
    assert found[None, "%(shown)s item"].plural == "%(shown)s items"


def test_every_text_is_in_the_catalogue(catalogue):
    known = {key(entry) for entry in catalogue}
    missing = [f"{text.where}: {text.text!r}" for text in messages.texts() if text.key not in known]
    assert not missing, "run `make messages` and translate"


def test_every_text_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue if not translation_of(entry).strip()] == []


def test_nothing_is_fuzzy(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_every_translated_text_is_in_the_code(catalogue):
    used = {text.key for text in messages.texts()}
    assert [
        entry.msgid for entry in catalogue if not entry.obsolete and key(entry) not in used
    ] == []


def test_placeholders_are_the_same_in_both_languages(catalogue):
    wrong = []
    for entry in catalogue:
        originals = [entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        wrong += [
            (original, translation_of(entry))
            for original in originals
            if messages.placeholders(original) != messages.placeholders(translation_of(entry))
        ]
    assert wrong == []


def test_chinese_is_written_with_chinese_punctuation(catalogue):
    """A half-width comma or full stop after a Chinese character is an error."""
    wrong = [
        translation_of(entry)
        for entry in catalogue
        if messages.re.search(r"[一-鿿][,;?!]|[一-鿿]\.(\s|$)", translation_of(entry))
    ]
    assert wrong == []


def test_what_is_shipped_is_what_is_written(catalogue):
    compiled = {key(entry): translation_of(entry) for entry in polib.mofile(str(messages.MO))}
    written = {key(entry): translation_of(entry) for entry in catalogue if not entry.obsolete}
    assert compiled == written, "run `make messages`"
