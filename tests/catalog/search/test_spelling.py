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
def test_the_nearest_known_word_is_meant(word, meant):
    assert nearest(word, KNOWN) == meant


def test_of_equals_the_one_that_most_items_have():
    assert nearest("pythone", {"python": 2, "pythons": 9}) == "pythons"


def test_of_equals_that_as_many_items_have_the_first_of_the_alphabet():
    assert nearest("latte", {"matte": 2, "platte": 2, "lattes": 1}) == "matte"


def test_fewer_mistakes_count_for_more_than_items():
    assert nearest("lerninng", {"learning": 99, "lerning": 1}) == "lerning"


def test_nothing_known_is_nothing_near():
    assert nearest("machine", {}) is None
    assert nearest("machine", {}, begun=True) is None


def test_a_word_that_is_still_being_typed_may_be_the_beginning_of_a_longer_one():
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


def test_categories_are_known_by_their_chinese_names_too(catalog, items):
    catalog.texts = {"zh-hans": {"categories": {"Mugs": "马克杯"}}}
    catalog.save()
    assert corrected(catalog, "马克盃") == "马克杯"


def test_a_wrong_character_in_a_chinese_name_is_corrected(catalog):
    make_item(catalog, title="红烧肉的做法")
    make_item(catalog, title="番茄炒蛋")
    assert corrected(catalog, "番茄抄蛋") == "番茄炒蛋"
    assert corrected(catalog, "番茄 炒蛋") is None


def test_without_any_word_there_is_nothing_to_correct(catalog):
    assert corrected(catalog, "…") is None
    assert corrected(catalog, "zeppelin") is None
