"""The rows of an item's page."""

from __future__ import annotations

from itertools import chain

import pytest
from django.urls import reverse

from catalog import popularity
from catalog.profiles import hidden
from recommender.engine.related_items import Relation
from recommender.serving import user_context
from recommender.serving.item_page import deal, item_rows
from tests.factories import make_interaction, make_item

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
ROWS = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "item-rows"}


def rows_of(item, profile=None, **more):
    return item_rows(item, profile, user_context.user_context_of(profile, item.catalog), **more)


def shown(rows) -> list[int]:
    return [card.item.pk for row in rows for card in row.cards]


def test_no_item_stands_in_two_rows_and_never_the_item_itself(live_version, items):
    pks = shown(rows_of(items[0]))
    assert pks
    assert len(pks) == len(set(pks))
    assert items[0].pk not in pks


def test_each_list_takes_its_turn_so_that_none_starves():
    ranked = {Relation.TEXT: [1, 2, 3, 4], Relation.PEOPLE: [1, 2, 3, 4], Relation.AFTER: [1, 9]}
    dealt = deal(ranked, 2)
    assert dealt == {Relation.TEXT: [1, 3], Relation.PEOPLE: [2, 4], Relation.AFTER: [9]}
    assert len(set(chain(*dealt.values()))) == 5


def test_cards_say_how_many_people_took_both(live_version, items):
    rows = {row.key: row for row in rows_of(items[0])}
    card = rows["item-people"].cards[0]
    both = popularity.people_of_both(items[0], [card.item.pk])[card.item.pk]
    assert both > 1
    assert card.reason == f"{both} people chose both"


def test_people_of_both_are_counted_once_each_and_only_those_who_chose(catalog, items, profile):
    for item in items[:2]:
        make_interaction(profile, item)
        make_interaction(profile, item, "like")
    make_interaction(profile, items[2], "view")
    make_interaction(profile, items[3], "hide")
    assert popularity.people_of_both(items[0], [item.pk for item in items[1:4]]) == {
        items[1].pk: 1,
        items[2].pk: 0,
        items[3].pk: 0,
    }


def test_hidden_and_unavailable_items_are_in_no_row(live_version, items, profile):
    make_interaction(profile, items[1], "hide")
    items[2].available = False
    items[2].save()
    pks = shown(rows_of(items[0], profile))
    assert items[1].pk not in pks
    assert items[2].pk not in pks


def test_a_hidden_category_is_in_no_row(live_version, items, profile):
    hidden.hide(profile=profile, what="category", value="Mugs")
    pks = shown(rows_of(items[0], profile))
    assert not {items[1].pk, items[2].pk} & set(pks)


def test_without_a_model_and_for_a_newer_item_there_is_its_category(items, profile):
    rows = rows_of(items[0], profile)
    assert [(row.title, row.note) for row in rows] == [("Similar items", "From the same category.")]
    assert set(shown(rows)) == {items[1].pk, items[2].pk}


def test_a_newer_item_than_the_model_has_its_category(live_version, items):
    new = make_item(items[0].catalog, title="New Mug", categories=["Mugs"])
    assert set(shown(rows_of(new))) == {item.pk for item in items[:3]}


def test_the_rows_are_a_live_part_of_their_own(client, live_version, items):
    address = items[0].get_absolute_url()
    assert 'id="item-rows"' in client.get(address, **BROWSER).content.decode()
    part = client.get(address, **ROWS).content.decode()
    assert part.lstrip().startswith('<div id="item-rows"')
    client.post(reverse("catalog:act", args=["shop", items[1].pk]), {"kind": "hide"})
    assert f'data-item="{items[1].pk}"' not in client.get(address, **ROWS).content.decode()
    acts = client.get(address, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="acts").content.decode()
    assert acts.lstrip().startswith('<div id="acts"')


@pytest.mark.parametrize("n", [1, 12])
def test_rows_cost_the_same_queries_whatever_their_length(
    live_version, items, profile, n, settings
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.MODEL_REFRESH_SECONDS = 60.0
    rows_of(items[0], profile, n=n)
    with CaptureQueriesContext(connection) as captured:
        rows_of(items[0], profile, n=n)
    assert len(captured) <= 10
