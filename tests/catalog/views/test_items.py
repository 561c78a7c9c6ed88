"""Item pages, and the views that they record."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Interaction, Profile
from tests.catalog.views.browsing import BROWSER
from tests.factories import make_catalog, make_item


def test_an_item_page_shows_its_facts_and_links_to_web_addresses_only(visit, catalog):
    good = make_item(
        catalog, attributes={"price": 2.5, "currency": "GBP", "url": "https://example.com/a"}
    )
    bad = make_item(catalog, attributes={"url": "javascript:alert(1)"})
    page = visit(good.get_absolute_url()).content.decode()
    assert "£2.50" in page
    assert 'href="https://example.com/a"' in page
    assert 'href="javascript' not in visit(bad.get_absolute_url()).content.decode()


def test_an_item_page_shows_the_first_categories_and_how_many_more(visit, catalog):
    item = make_item(catalog, categories=[f"Kind {number:02}" for number in range(23)])
    page = visit(item.get_absolute_url()).content.decode()
    assert page.count('class="tag"') == 20
    assert ">+3</li>" in page


def test_an_item_of_another_catalogue_is_not_found(visit, catalog):
    other = make_item(make_catalog())
    assert visit(reverse("catalog:item", args=["shop", other.pk])).status_code == 404


def test_a_view_is_recorded_once_a_visit(visit, items):
    for _again in range(3):
        visit(items[0].get_absolute_url())
    visit(items[1].get_absolute_url())
    assert Interaction.objects.filter(kind="view").count() == 2
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": "Googlebot/2.1"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "Mozilla/5.0", "HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_USER_AGENT": "Mozilla/5.0", "HTTP_PURPOSE": "prefetch"},
    ],
)
def test_robots_and_prefetches_are_not_recorded(client, items, headers):
    assert client.get(items[0].get_absolute_url(), **headers).status_code == 200
    assert not Interaction.objects.exists()
    assert not Profile.objects.exists()


def test_a_head_request_is_not_recorded(client, items):
    assert client.head(items[0].get_absolute_url(), **BROWSER).status_code == 200
    assert not Interaction.objects.exists()


def test_an_unavailable_item_says_so_and_its_view_is_not_recorded(visit, catalog):
    item = make_item(catalog, available=False)
    assert "No longer available" in visit(item.get_absolute_url()).content.decode()
    assert not Interaction.objects.exists()
