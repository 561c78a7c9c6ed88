"""The home without the recommender in each of its orders, and the pages of its rows."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from catalog.models import Profile
from catalog.profiles.services import set_listing
from config.errors import AppError
from tests.factories import PASSWORD, make_interaction, make_item, make_profile, make_user
from tests.html import compact

LIVE = {"HTTP_HX_REQUEST": "true"}


def home(client, query: str = "") -> str:
    return client.get(f"/c/shop/{query}").content.decode()


def cards(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-item="(\d+)"', page)]


def choose(client, listing: str, **more):
    return client.post(reverse("catalog:listing", args=["shop"]), {"listing": listing, **more})


@pytest.fixture
def many(catalog):
    items = [
        make_item(catalog, title=f"Thing {number}", categories=["Things"]) for number in range(60)
    ]
    for number in range(4):
        for item in items[number:40]:
            make_interaction(make_profile(catalog), item)
    return items


@pytest.mark.parametrize("listing", ["newest", "popular", "random"])
def test_an_order_is_one_list_without_repeated_items(client, many, listing):
    choose(client, listing)
    page = home(client)
    assert len(cards(page)) == 24
    assert f"/c/shop/rows/{listing}/" in page
    address, seen = f"/c/shop/rows/{listing}/", []
    for number in (1, 2, 3):
        seen += cards(client.get(f"{address}?page={number}").content.decode())
    assert seen[:24] == cards(page)
    assert sorted(seen) == [item.pk for item in many]


def test_by_category_shows_a_row_with_a_link_for_each(client, catalog, items):
    choose(client, "category")
    page = home(client)
    assert "/c/shop/search/?category=Mugs" in page
    assert sorted(cards(page)) == [item.pk for item in items]


def test_the_order_is_stored_in_the_visit_and_then_in_the_profile(client, many):
    choose(client, "newest")
    assert not Profile.objects.filter(listing="newest").exists()
    assert 'value="newest" aria-pressed="true"' in home(client)
    client.post(reverse("catalog:act", args=["shop", many[0].pk]), {"kind": "save"})
    choose(client, "popular")
    assert Profile.objects.get(external_id=None).listing == "popular"
    user = make_user()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert Profile.objects.get(user=user).listing == "popular"
    assert 'value="popular" aria-pressed="true"' in home(client)


def test_an_unknown_order_is_rejected_by_name(client, catalog, profile):
    assert "listing" in choose(client, "best").content.decode()
    with pytest.raises(AppError, match="listing: “best”"):
        set_listing(profile=profile, listing="best")


def test_known_and_hidden_items_are_left_out_until_asked_for(client, many):
    for item, kind in ((many[59], "save"), (many[58], "hide")):
        client.post(reverse("catalog:act", args=["shop", item.pk]), {"kind": kind})
    choose(client, "newest")
    assert cards(home(client))[0] == many[57].pk
    shown = home(client, "?taken=1")
    assert cards(shown)[:2] == [many[59].pk, many[57].pk]
    assert 'name="undo" value="save" aria-pressed="true"' in compact(shown)
    assert cards(client.get("/c/shop/rows/taken/").content.decode()) == [many[59].pk]


def test_facets_filter_every_order_and_report_empty_results(client, many, items):
    choose(client, "newest")
    assert sorted(cards(home(client, "?category=Mugs"))) == [item.pk for item in items[:3]]
    nothing = home(client, "?category=Mugs&language=xx")
    assert cards(nothing) == []
    assert "Nothing matches all of your filters" in nothing


def test_a_row_continues_until_its_end(client, many):
    address = "/c/shop/rows/newest/"
    first = client.get(f"{address}?page=1", **LIVE).content.decode()
    assert first.lstrip().startswith('<li class="card"')
    assert f'hx-get="{address}?page=2"' in first
    last = client.get(f"{address}?page=3", **LIVE).content.decode()
    assert len(cards(last)) == 12
    assert "That is everything in this row" in last
    again = client.get(f"{address}?upto=2", **LIVE).content.decode()
    assert again.lstrip().startswith('<div id="row"')
    assert len(cards(again)) == 48
    assert 'name="upto" value="2"' in again


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=21", "upto=99"])
def test_a_bad_page_number_is_rejected(client, many, query):
    assert client.get(f"/c/shop/rows/newest/?{query}").status_code == 400


def test_an_unknown_row_is_not_found(client, catalog):
    assert client.get("/c/shop/rows/best/").status_code == 404
