from __future__ import annotations

import pytest

from recommender.engine.text.tokenizers import tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Set of 12 Red Roses, boxed!", ["set", "12", "red", "rose", "boxed"]),
        ("The berries of the bus glasses", ["berry", "bus", "glasse"]),
        ("women's rock'n it’s", ["rockn"]),
        ("Café ＮＡÏＶＥ", ["cafe", "naive"]),
        ("", []),
        ("… – !!", []),
    ],
)
def test_english_is_folded_and_stop_words_are_removed(text, words):
    got = tokenize(text)
    assert [word for word in words if word not in got] == []
    assert "the" not in got
    assert "of" not in got
    assert "'" not in "".join(got)


def test_chinese_is_split_into_words_without_particles():
    assert tokenize("番茄炒蛋的做法") == ["番茄", "炒蛋", "做法"]


def test_each_run_of_a_mixed_text_is_split_by_its_own_script():
    assert tokenize("用Python进行数据分析（Data Analysis）") == [
        "python",
        "进行",
        "数据分析",
        "data",
        "analysis",
    ]


def test_scripts_without_spaces_become_pairs_of_characters():
    assert tokenize("コーヒー") == ["コー", "ーヒ", "ヒー"]
    assert tokenize("กา") == ["กา"]


def test_numbers_stay():
    assert tokenize("500ml x2 7") == ["500ml", "x2", "7"]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("bags", "bag"), ("boxes", "boxe"), ("ladies", "lady"), ("dress", "dress")],
)
def test_plurals_are_folded(plural, singular):
    assert tokenize(plural) == [singular]


def test_tokenizing_is_deterministic():
    text = "瑜伽球 yoga ball 65cm ヨガ"
    assert tokenize(text) == tokenize(text)


def test_both_chinese_scripts_are_the_same_words():
    assert tokenize("資料分析與機器學習入門") == tokenize("资料分析与机器学习入门")
