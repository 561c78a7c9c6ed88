from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from catalog.browse import sort_orders
from catalog.search.facets import Facets
from tests.factories import make_interaction, make_item, make_profile

ALL = Facets()


def take(items, *people):
    """This many people took each item."""
    for item, number in zip(items, people, strict=False):
        for _person in range(number):
            make_interaction(make_profile(item.catalog), item)


def keys(items, *numbers):
    return [items[number].pk for number in numbers]


def test_newest_is_by_date_without_excluded_items(catalog, items):
    old = make_item(catalog, created_at=timezone.now() - timedelta(days=400))
    make_item(catalog, available=False)
    found = sort_orders.newest(catalog, ALL, n=7, leave_out={items[5].pk})
    assert found == [*keys(items, 4, 3, 2, 1, 0), old.pk]


def test_popular_is_by_people_in_a_facet_too(catalog, items):
    take(items, 0, 2, 1, 3)
    assert sort_orders.popular(catalog, ALL, n=3) == keys(items, 3, 1, 2)
    assert sort_orders.popular(catalog, Facets(category="Mugs"), n=3) == keys(items, 1, 2, 0)


def test_fresh_items_have_the_fewest_people(catalog, items):
    take(items, 0, 0, 1, 1, 2, 2)
    assert sort_orders.fresh(catalog, ALL, n=4) == keys(items, 1, 0, 3, 2)
    assert sort_orders.fresh(catalog, Facets(category="Towels"), n=2) == keys(items, 5, 4)


def test_fresh_items_alternate_between_categories(catalog, items):
    assert sort_orders.fresh(catalog, ALL, n=4) == keys(items, 5, 2, 4, 1)


def test_the_random_order_changes_every_day(catalog, profile):
    many = [make_item(catalog) for _number in range(30)]
    today, tomorrow = (sort_orders.lot_of(date(2026, 5, day), profile) for day in (1, 2))
    drawn = sort_orders.by_lot(catalog, ALL, n=30, seed=today)
    assert drawn == sort_orders.by_lot(catalog, ALL, n=30, seed=today)
    assert drawn != sort_orders.by_lot(catalog, ALL, n=30, seed=tomorrow)
    assert sorted(drawn) == [item.pk for item in many]
    assert drawn[:10] == sort_orders.by_lot(catalog, ALL, n=10, seed=today)
    assert sort_orders.lot_of(date(2026, 5, 1), None) != today


def test_no_item_is_shown_in_two_categories(catalog, items):
    both = make_item(catalog, categories=["Towels", "Mugs"])
    take([both, items[4]], 3, 2)
    held = sort_orders.by_category(catalog, ALL, ["Mugs", "Towels"], n=12)
    assert held == {"Mugs": [both.pk, *keys(items, 0, 1, 2)], "Towels": keys(items, 4, 3, 5)}
