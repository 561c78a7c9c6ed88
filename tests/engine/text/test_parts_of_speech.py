from __future__ import annotations

import pytest

from recommender.engine.text.empty_words import EMPTY, says_nothing
from recommender.engine.text.parts_of_speech import (
    is_activity,
    is_describing,
    is_known,
    is_noun,
    tag_of,
)

NOUNS = ["science", "candle", "databases", "retrospot", "kubernetes", "数据", "算法", "早餐"]
VERBS = ["learn", "build", "create", "include", "学习", "理解", "深入"]
ADVERBS = ["visually", "quickly", "really", "非常", "快速"]
ADJECTIVES = ["vintage", "lovely", "wooden", "简单"]


@pytest.mark.parametrize("word", NOUNS)
def test_nouns_and_unknown_names_are_nouns(word):
    assert is_noun(word)


@pytest.mark.parametrize("word", VERBS + ADVERBS + ADJECTIVES)
def test_verbs_adverbs_and_adjectives_are_none(word):
    assert not is_noun(word)


@pytest.mark.parametrize("word", ["glorpishly", "succinctly"])
def test_an_unknown_adverb_needs_a_known_stem(word):
    assert (tag_of(word) == "RB") == (word == "succinctly")


def test_an_activity_is_a_form_in_ing():
    assert is_activity("knitting")
    assert not is_activity("string")
    assert not is_activity("学习")


@pytest.mark.parametrize("word", ["wooden", "machine", "机器", "快乐"])
def test_adjectives_and_nouns_may_stand_before_a_noun(word):
    assert is_describing(word)


@pytest.mark.parametrize(
    ("word", "known"), [("candle", True), ("eyeshadow", True), ("zqxwv", False)]
)
def test_compounds_of_known_words_are_known(word, known):
    assert is_known(word) is known


@pytest.mark.parametrize("word", ["set", "introduction", "red", "入门", "套装", "教程", "50"])
def test_words_that_are_true_of_anything_say_nothing(word):
    assert says_nothing(word)


def test_no_noun_of_a_subject_is_in_the_list_of_empty_words():
    assert not EMPTY & {"science", "candle", "python", "drama", "鸡蛋", "算法", "编程"}
