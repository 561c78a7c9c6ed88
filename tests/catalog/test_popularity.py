from __future__ import annotations

from catalog import item_queries, popularity
from catalog.models import Catalog, Item
from tests.factories import make_interaction, make_profile


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
