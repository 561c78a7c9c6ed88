from __future__ import annotations

import pytest

from catalog.search.spelling import corrected, nearest
from tests.factories import make_item

KNOWN = {
    "python": 9,
    "pythons": 1,
    "basketball": 2,
    "machine": 5,
    "learning": 5,
    "sql": 3,
    "红烧肉": 2,
    "tea": 4,
}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("pyhton", "python"),
        ("baskteball", "basketball"),
        ("basktball", "basketball"),
        ("machne", "machine"),
        ("lerning", "learning"),
        ("红烧又", "红烧肉"),
        ("sqk", None),
        ("te", None),
        ("zeppelin", None),
        ("pyton", "python"),
        ("pythonn", "python"),
        ("pxtxon", None),
        ("pyhtno", None),
        ("bbasketbal", "basketball"),
        ("xbasktbal", None),
    ],
)
def test_the_nearest_known_word_is_chosen(word, meant):
    assert nearest(word, KNOWN) == meant


def test_of_equal_words_the_most_frequent_is_chosen():
    assert nearest("pythone", {"python": 2, "pythons": 9}) == "pythons"


def test_of_equally_frequent_words_the_first_in_the_alphabet_is_chosen():
    assert nearest("latte", {"matte": 2, "platte": 2, "lattes": 1}) == "matte"


def test_fewer_mistakes_count_for_more_than_items():
    assert nearest("lerninng", {"learning": 99, "lerning": 1}) == "lerning"


def test_without_known_words_nothing_is_near():
    assert nearest("machine", {}) is None
    assert nearest("machine", {}, begun=True) is None


def test_an_unfinished_word_matches_longer_words():
    assert nearest("bsaket", KNOWN) is None
    assert nearest("bsaket", KNOWN, begun=True) == "basketball"


def test_only_unknown_words_are_replaced(catalog, items):
    make_item(
        catalog,
        title="Machine learning with Python",
        provider="Nightingale",
        categories=["Statistics"],
    )
    assert corrected(catalog, "machne learning") == "machine learning"
    assert corrected(catalog, "nightingle statistcs") == "nightingale statistics"
    assert corrected(catalog, "machine learning") is None
    assert corrected(catalog, "mach") is None
    assert corrected(catalog, "machne zeppelin") is None


def test_translated_category_names_are_known(catalog, items):
    catalog.texts = {"zh-hans": {"categories": {"Mugs": "马克杯"}}}
    catalog.save()
    assert corrected(catalog, "马克怀") == "马克杯"


def test_a_wrong_character_in_a_chinese_name_is_corrected(catalog):
    make_item(catalog, title="红烧肉的做法")
    make_item(catalog, title="番茄炒蛋")
    assert corrected(catalog, "番茄抄蛋") == "番茄炒蛋"
    assert corrected(catalog, "番茄 炒蛋") is None


def test_without_any_word_there_is_nothing_to_correct(catalog):
    assert corrected(catalog, "…") is None
    assert corrected(catalog, "zeppelin") is None
