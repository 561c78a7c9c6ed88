from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from catalog import item_queries, popularity
from catalog.models import Catalog, Item, Profile
from catalog.profiles import history
from catalog.search.keyword_search import find
from tests.factories import make_catalog, make_interaction, make_item, make_profile


def test_items_come_in_the_order_asked_for_in_two_queries(
    items: list[Item], django_assert_num_queries
) -> None:
    items[1].available = False
    items[1].save()
    with django_assert_num_queries(2):
        found = item_queries.items_in_order([items[3].pk, items[1].pk, items[0].pk, 0])
        assert [(item.title, item.category_names, item.catalog.slug) for item in found] == [
            ("Tea Towel", ["Towels"], "shop"),
            ("Red Mug", ["Mugs"], "shop"),
        ]
    assert len(item_queries.items_in_order([items[1].pk], only_available=False)) == 1


def test_newest_excludes_unavailable_items_and_other_catalogues(
    catalog: Catalog, items: list[Item]
) -> None:
    make_item(make_catalog())
    make_item(catalog, available=False)
    old = make_item(catalog, created_at=timezone.now() - timedelta(days=900))
    assert item_queries.newest(catalog, n=2) == [items[5], items[4]]
    assert item_queries.newest(catalog, n=50)[-1] == old


def test_popular_counts_people_not_events_and_not_views(
    catalog: Catalog, items: list[Item]
) -> None:
    people = [make_profile(catalog) for _turn in range(3)]
    for person in people[:2]:
        make_interaction(person, items[2], "like")
    for _turn in range(5):
        make_interaction(people[0], items[1], "take")
        make_interaction(people[1], items[0], "view")
        make_interaction(people[2], items[0], "dislike")
    assert item_queries.popular(catalog, n=3) == [items[2], items[1], items[0]]
    assert popularity.people_per_item([items[2].pk, items[1].pk, items[0].pk]) == {
        items[2].pk: 2,
        items[1].pk: 1,
        items[0].pk: 0,
    }


def test_the_popularity_rank_is_the_share_of_less_known_items(
    catalog: Catalog, items: list[Item]
) -> None:
    for person in [make_profile(catalog) for _turn in range(3)]:
        make_interaction(person, items[0])
    make_interaction(make_profile(catalog), items[1])
    found = popularity.popularity_ranks(catalog, [item.pk for item in items[:3]])
    assert [(found[item.pk].people, found[item.pk].less_known) for item in items[:3]] == [
        (3, 5 / 6),
        (1, 4 / 6),
        (0, 0),
    ]
    assert found[items[2].pk].tail == 1.0


def test_the_popularity_rank_in_an_empty_catalogue(catalog: Catalog) -> None:
    assert popularity.popularity_ranks(catalog, []) == {}
    assert item_queries.popular(catalog, n=3) == []
    assert popularity.curve(catalog).less_known(3) == 0.0


def test_categories_with_their_sizes_the_largest_first(catalog: Catalog) -> None:
    make_item(catalog, categories=["B", "A"])
    make_item(catalog, categories=["B"])
    make_item(catalog, categories=["C"], available=False)
    assert [(category.name, size) for category, size in item_queries.categories(catalog)] == [
        ("B", 2),
        ("A", 1),
    ]


def test_the_history_has_positive_events_newest_first(profile: Profile, items: list[Item]) -> None:
    now = timezone.now()
    for age, (item, kind) in enumerate(
        zip(items, ["take", "hide", "view", "dislike", "rate", "like"], strict=True)
    ):
        make_interaction(profile, item, kind, created_at=now - timedelta(hours=age))
    assert [row.kind for row in history.history(profile, n=3)] == ["take", "view", "rate"]
    past = history.past(profile, n=3)
    assert [row.kind for row in past.liked] == ["take", "view", "rate"]
    assert past.known == {items[place].pk for place in (0, 1, 3, 4, 5)}


# Search


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


def test_a_category_is_shown_in_the_readers_language(
    catalog: Catalog, shelf: dict[str, Item]
) -> None:
    assert catalog.category_label("Kitchen") == "Kitchen"
    with translation.override("zh-hans"):
        assert catalog.category_label("Kitchen") == "厨房用品"
        assert catalog.category_label("荤菜") == "荤菜"
