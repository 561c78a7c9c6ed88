from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from catalog import item_queries, popularity
from catalog.models import Catalog, Item
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
    assert popularity.people_per_item(catalog, [items[2].pk, items[1].pk, items[0].pk]) == {
        items[2].pk: 2,
        items[1].pk: 1,
        items[0].pk: 0,
    }


def test_categories_with_their_sizes_the_largest_first(catalog: Catalog) -> None:
    make_item(catalog, categories=["B", "A"])
    make_item(catalog, categories=["B"])
    make_item(catalog, categories=["C"], available=False)
    assert [(category.name, size) for category, size in item_queries.categories(catalog)] == [
        ("B", 2),
        ("A", 1),
    ]
