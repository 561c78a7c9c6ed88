from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from recommender.engine.text.noun_phrases import noun_phrases
from recommender.engine.text.tokenizers import phrases_in, segments, tokenize

OTHERS = [f"Subject{chr(97 + n)}x handbook" for n in range(26)]


def found(titles: list[str]) -> set[str]:
    titles = titles + OTHERS
    return set(noun_phrases(titles, Counter(chain.from_iterable(map(tokenize, titles)))))


@pytest.mark.parametrize(
    ("titles", "phrase"),
    [
        (
            ["Machine learning by hand", "Practical machine learning", "On Machine Learning"],
            "machine learning",
        ),
        (["Blue cake tin", "Cake tins", "Old cake tin, small"], "cake tin"),
        (["机器学习实战", "图解机器学习", "机器学习"], "机器学习"),
        (["深度学习入门", "图解深度学习", "深度学习"], "深度学习"),
    ],
)
def test_words_that_are_met_together_are_a_phrase(titles, phrase):
    assert phrase in found(titles)


@pytest.mark.parametrize(
    "titles",
    [
        ["Learn quickly", "Learn quickly now", "To learn quickly"],
        ["Red set", "A red set", "Another red set"],
        ["Cake, tin", "cake / tin", "Cake and tin"],
        ["Complete introduction", "A complete introduction", "The complete introduction"],
    ],
    ids=["verb and adverb", "empty words", "not adjacent", "a course's words"],
)
def test_others_are_none(titles):
    assert not found(titles)


def test_words_that_meet_by_chance_are_no_phrase():
    titles = [f"{modifier} lamp" for modifier in ("desk", "floor", "wall", "desk")] * 3
    titles += ["desk chair", "desk mat", "floor mat", "floor wax"] * 6
    assert "desk lamp" not in found(titles)


def test_a_part_of_a_longer_phrase_is_none():
    titles = ["Hot water bottle", "Hot water bottle cover", "Best hot water bottle"]
    assert "hot water bottle" in found(titles)
    assert "water bottle" not in found(titles)


def test_punctuation_and_stop_words_end_a_run():
    words = [
        [token.word for token in run] for run in segments("Tea towels, and hot-water of bottles")
    ]
    assert words == [["tea", "towel"], ["hot", "water"], ["bottle"]]


def test_phrases_are_found_in_any_form():
    phrases = {("cake", "tin"): "cake tin"}
    assert [key for key, _run in phrases_in("CAKE TINS for a cake-tin", phrases)] == [
        "cake tin"
    ] * 2
