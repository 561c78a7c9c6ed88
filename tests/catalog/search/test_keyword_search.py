from __future__ import annotations

import pytest

from catalog.models import Catalog, Item
from catalog.search.keyword_search import find
from tests.factories import make_interaction, make_item, make_profile


@pytest.fixture
def shelf(catalog: Catalog) -> dict[str, Item]:
    catalog.texts = {"zh-hans": {"categories": {"Kitchen": "厨房用品"}}}
    catalog.save()
    rows = {
        "pan": {"title": "Copper Pan", "description": "For eggs.", "categories": ["Kitchen"]},
        "book": {
            "title": "Cooking with copper",
            "description": "A book about pans and 100% butter.",
        },
        "pen": {"title": "Open Day Pass", "description": "Pen included."},
        "eggs": {
            "title": "番茄炒鸡蛋",
            "description": "家常菜，加一点 butter。",
            "categories": ["荤菜"],
        },
        "cpp": {"title": "C++ in a week", "description": "Éclairs not included."},
        "unavailable": {"title": "Copper Kettle", "available": False},
    }
    return {name: make_item(catalog, **fields) for name, fields in rows.items()}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("copper", ["pan", "book"]),
        ("COPPER pan", ["pan", "book"]),
        ("kitchen", ["pan"]),
        ("厨房", ["pan"]),
        ("butter", ["book", "eggs"]),
        ("炒鸡蛋", ["eggs"]),
        ("荤菜 BUTTER", ["eggs"]),
        ("番茄炒鸡蛋butter", ["eggs"]),
        ("番茄鸡蛋", ["eggs"]),
        ("100%", ["book"]),
        ("c++", ["cpp"]),
        ("éclairs", ["cpp"]),
        ("ÉCLAIRS", ["cpp"]),
        ("copper nothing", []),
        ("%", []),
        ("_", []),
        ("  ", []),
        ("", []),
        ("'; DROP TABLE", []),
    ],
)
def test_all_words_must_match(
    catalog: Catalog, shelf: dict[str, Item], text: str, names: list[str]
) -> None:
    assert find(catalog, text) == [shelf[name].pk for name in names]


def test_title_ranks_before_category_before_description(catalog: Catalog) -> None:
    described = make_item(catalog, title="a", description="about wool")
    named = make_item(catalog, title="b", categories=["Wool"])
    inside = make_item(catalog, title="Steelwool")
    titled = make_item(catalog, title="Soft wool socks")
    whole = make_item(catalog, title="Wool")
    assert find(catalog, "wool") == [item.pk for item in (whole, titled, inside, named, described)]


def test_equal_matches_are_ordered_by_popularity(catalog: Catalog, items: list[Item]) -> None:
    make_interaction(make_profile(catalog), items[2])
    assert find(catalog, "mug") == [items[place].pk for place in (2, 0, 1)]


def test_a_search_is_one_query(
    catalog: Catalog, items: list[Item], django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        assert find(catalog, "towel") == [item.pk for item in items[3:]]
