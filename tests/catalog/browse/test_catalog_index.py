from __future__ import annotations

import pytest

from catalog.browse import catalog_index
from catalog.browse.cards import subject_of
from tests.factories import make_catalog, make_interaction, make_item, make_profile, make_user

pytestmark = pytest.mark.django_db


def test_covers_show_new_items_of_each_category_first():
    catalog = make_catalog()
    for number in range(6):
        make_item(catalog, title=f"Cup {number}", categories=["Cups"])
    for name in ("Hats", "Bags"):
        make_item(catalog, title=name, categories=[name])
    (tile,) = catalog_index.catalog_tiles([catalog], [])
    assert [subject_of(item).category for item in tile.covers] == [
        "Bags",
        "Hats",
        "Cups",
        "Cups",
        "Cups",
    ]
    assert tile.covers[2].title == "Cup 5"
    assert len({item.pk for item in tile.covers}) == catalog_index.COVERS


def test_only_available_items_count():
    catalog = make_catalog()
    make_item(catalog)
    make_item(catalog, available=False)
    empty = make_catalog()
    shown = catalog_index.catalog_tiles([catalog, empty], [])
    assert [(tile.items, len(tile.covers)) for tile in shown] == [(1, 1), (0, 0)]


def test_a_visitor_sees_the_number_of_chosen_items():
    shop, school = make_catalog(), make_catalog()
    one, other = make_item(shop), make_item(shop)
    profile = make_profile(shop)
    for item, kind in ((one, "take"), (one, "like"), (other, "view"), (other, "hide")):
        make_interaction(profile, item, kind)
    make_interaction(make_profile(shop), other)
    assert [tile.chosen for tile in catalog_index.catalog_tiles([shop, school], [profile])] == [
        1,
        0,
    ]


def test_the_page_offers_to_continue_in_used_catalogues(client):
    shop = make_catalog()
    user = make_user()
    make_interaction(make_profile(shop, user=user, external_id=None), make_item(shop), "save")
    assert "Explore" in client.get("/").content.decode()
    client.force_login(user)
    page = client.get("/").content.decode()
    assert "Continue" in page
    assert "1 chosen by you" in page


def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries):
    catalogs = [make_catalog() for _ in range(4)]
    for catalog in catalogs:
        for number in range(8):
            make_item(catalog, categories=[f"c{number}", "all"])
    user = make_user()
    for catalog in catalogs:
        make_interaction(make_profile(catalog, user=user, external_id=None), catalog.items.first())
    client.force_login(user)
    with django_assert_max_num_queries(20):
        assert client.get("/").status_code == 200
