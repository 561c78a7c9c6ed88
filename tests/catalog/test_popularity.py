from __future__ import annotations

import pytest
from django.db import connection

from catalog import item_queries, popularity
from catalog.feedback.queries import chosen_of
from catalog.models import Catalog, Item
from catalog.models.event_rules import EventRules
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a plan of SQLite")
def test_counting_a_few_items_reads_only_their_events(catalog: Catalog, items: list[Item]) -> None:
    make_interaction(make_profile(catalog), items[0])
    rows = chosen_of(EventRules.of(catalog), [items[0].pk, items[1].pk])
    steps = rows.values("profile_id").explain()
    reads = [line for line in steps.splitlines() if "catalog_interaction" in line or " U0 " in line]
    assert all("item_id=?" in line or "suspect" in line for line in reads), steps
