from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from recommender.llm.wording import is_fit, worded

WORDS = ["nail art", "brush", "wool"]


@dataclass
class Said:
    """A model that gives one answer."""

    answer: str | None
    asked: list[Any] = field(default_factory=list)

    def ask(self, messages: Any, *, max_tokens: int) -> str | None:
        self.asked.append(messages)
        return self.answer


def free(text: str) -> bool:
    return False


def test_a_good_sentence_is_taken_without_quotes_and_line_breaks():
    said = Said(' "Nail art with a fine brush,\n and wool." ')
    assert worded(said, WORDS, "en", free) == "Nail art with a fine brush, and wool."


def test_the_prompt_has_only_the_words_in_the_catalogues_language():
    said = Said("羊毛和茶杯。")
    assert worded(said, ["羊毛", "茶杯"], "zh-hans", free) == "羊毛和茶杯。"
    assert said.asked[0][-1] == {"role": "user", "content": "词语：羊毛、茶杯"}


def test_only_the_strongest_words_are_sent():
    said = Said("")
    worded(said, [f"w{n}" for n in range(20)], "en", free)
    assert said.asked[0][-1]["content"] == "Words: w0, w1, w2, w3, w4, w5, w6, w7"


@pytest.mark.parametrize(
    "answer",
    [
        None, "", "Births with tea, and a brew.", "You love nail art and a brush.",
        "Nail art and a brush!", "As an AI, nail art and brush.",
        "Nail art, brush " + "and so on " * 40, "<b>Nail art</b> and a brush",
        "The words are nail art and brush.", "See https://example.org for nail art, brush.",
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_not_taken(answer):
    assert worded(Said(answer), WORDS, "en", free) is None


def test_a_sentence_with_a_blocked_word_is_not_taken():
    assert (
        worded(
            Said("Nail art, a brush and red wine."), WORDS, "en", lambda text: "red wine" in text
        )
        is None
    )


def test_a_chinese_catalogue_takes_no_english_sentence():
    assert not is_fit("Wool and tea.", ["wool", "tea"], "zh-hans")
    assert is_fit("羊毛和茶。", ["羊毛", "茶"], "zh-hans")
    assert not is_fit("你喜欢羊毛和茶。", ["羊毛", "茶"], "zh-hans")


def test_without_words_nothing_is_asked():
    said = Said("Something.")
    assert worded(said, [], "en", free) is None
    assert said.asked == []
