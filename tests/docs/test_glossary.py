"""The glossary's Chinese words are those of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "explanation" / "glossary.md").read_text()
CHINESE = re.findall(r"\| ([\u4e00-\u9fff][^|]*?) \|", GLOSSARY)
CATALOGUE = ROOT / "config" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def translations() -> str:
    return "\n".join(entry.msgstr for entry in polib.pofile(str(CATALOGUE)))


def test_the_glossary_has_chinese_words():
    assert len(CHINESE) > 20


@pytest.mark.parametrize("word", CHINESE)
def test_a_chinese_word_is_one_that_pages_use(translations, word):
    assert word in translations


def test_no_word_has_two_meanings():
    words = re.findall(r"^\| ([^|`]+?) \|", GLOSSARY, re.MULTILINE)
    words = [word for word in words if word not in ("word", "---")]
    assert len(words) == len(set(words))
