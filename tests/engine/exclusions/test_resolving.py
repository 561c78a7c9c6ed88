"""Which items a thing leaves out, in a small catalogue in two languages."""

from __future__ import annotations

import pytest

from recommender.engine.exclusions.grammar import read
from recommender.engine.exclusions.matching import SearchableItems
from recommender.engine.exclusions.resolving import left_out
from recommender.engine.exclusions.searchable_item import SearchableItem

TITLES = {
    "Crab cakes": "",
    "红烧鲤鱼": "",
    "鱼香茄子": "猪肉末 茄子",
    "Cupcake": "with icing",
    "Teacup": "a cup for tea",
    "Candleholder": "a holder for a candle",
    "Candle": "",
    "Cake without sugar": "no sugar at all",
    "Fudge": "butter and sugar",
    "Herring net": "for the sea",
    "Two Bunnies": "",
}


def searchable(key: int, title: str, description: str) -> SearchableItem:
    attributes = {"vegan": title == "Candle", "contains_nuts": title != "Fudge"}
    language = "zh-hans" if title > "~" else "en"
    return SearchableItem.of(key, title, description, attributes=attributes, language=language)


ITEMS = SearchableItems([searchable(key, *texts) for key, texts in enumerate(TITLES.items())])


def titles(text: str) -> set[str]:
    found = {place for each in read(text).exclusions for place in left_out(each, ITEMS)}
    return {ITEMS.items[place].title for place in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no seafood", {"Crab cakes", "红烧鲤鱼", "Herring net"}),
        ("不吃海鲜", {"Crab cakes", "红烧鲤鱼", "Herring net"}),
        ("no pork", {"鱼香茄子"}),
        ("no cups", {"Teacup"}),
        ("no candles", {"Candle", "Candleholder"}),
        ("no sugar", {"Fudge"}),
        ("no rabbits", {"Two Bunnies"}),
        ("no Chinese titles", {"红烧鲤鱼", "鱼香茄子"}),
        ("虾蟹鱼都不吃", {"Crab cakes", "红烧鲤鱼", "Herring net"}),
        ("no dragons", set()),
        ("I have no candles", set()),
        ("only today", set()),
    ],
)
def test_members_forms_and_languages_count_and_what_an_item_denies_does_not(text, expected):
    assert titles(text) == expected


def test_attributes_of_yes_and_no_are_read_as_words():
    assert titles("no nuts") == set(TITLES) - {"Fudge"}


def test_only_leaves_out_everything_else():
    assert titles("只要中文的") == set(TITLES) - {"红烧鲤鱼", "鱼香茄子"}
