"""Pages of the catalogue, their style, language and errors."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.views import home
from tests.catalog.views.browsing import LIVE, act
from tests.factories import make_catalog, make_interaction, make_item


def test_the_front_page_shows_public_catalogues(visit, catalog, items):
    make_catalog(slug="hidden", name="Hidden", is_public=False)
    catalog.texts = {"en": {"tagline": "Cups and cloth"}}
    catalog.save()
    page = visit("/").content.decode()
    assert "Shop" in page
    assert "Cups and cloth" in page
    assert "6 items" in page
    assert "Hidden" not in page


def test_staff_see_closed_catalogues_and_others_do_not(client, staff):
    closed = make_catalog(is_public=False)
    address = reverse("catalog:search", args=[closed.slug])
    assert client.get(address).status_code == 404
    client.force_login(staff)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["index", "you"])
def test_pages_work_without_any_catalogue(db, visit, name):
    assert visit(reverse(f"catalog:{name}")).status_code == 200


def test_every_page_forbids_foreign_and_inline_code(visit, catalog):
    policy = visit("/")["Content-Security-Policy"]
    assert {"script-src 'self'", "style-src 'self'", "default-src 'self'"} <= set(
        policy.split("; ")
    )
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_pages_hold_no_inline_script_style_or_foreign_address(visit, catalog, items):
    for address in (
        "/",
        items[0].get_absolute_url(),
        reverse("catalog:search", args=["shop"]),
        "/you/",
    ):
        page = visit(address).content.decode()
        assert "<style" not in page
        assert "style=" not in page
        assert "onclick" not in page
        assert '="http' not in page
        assert "<script>" not in page


def test_every_page_names_simulated_people_and_the_health_disclaimer(db, visit):
    health = make_catalog(slug="health", domain="health", log_is_simulated=True)
    item = make_item(health)
    for address in (
        health.get_absolute_url(),
        item.get_absolute_url(),
        reverse("catalog:search", args=["health"]),
    ):
        page = visit(address).content.decode()
        assert "The people in this catalogue are simulated" in page
        assert "Not medical advice" in page


def test_a_real_log_is_not_called_simulated(visit, catalog):
    assert "simulated" not in visit(catalog.get_absolute_url()).content.decode()


@pytest.mark.urls("tests.catalog.urls_alone")
def test_the_catalogue_works_without_the_recommender(client, visit, items, profile, no_provider):
    make_interaction(profile, items[2], "take")
    home = visit("/c/shop/").content.decode()
    assert "Popular" in home
    assert home.count('data-item="') == len(items)
    assert visit("/c/shop/", **LIVE).content.decode().lstrip().startswith('<div id="shelves"')
    page = visit(items[0].get_absolute_url()).content.decode()
    assert "Red Mug" in page
    assert "Why this?" not in page
    assert act(client, items[0], "save").status_code == 302


def test_a_page_is_in_the_language_of_the_cookie(client, catalog):
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="zh-Hans"' in page
    assert "登录" in page


@pytest.mark.parametrize(
    ("address", "status"), [("/nothing", 404), ("/c/none/", 404), ("/c/shop/items/99999/", 404)]
)
def test_error_pages_have_our_style(client, catalog, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert "Page not found" in answer.content.decode()


def test_a_broken_server_still_has_a_page(client, catalog, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(home, "visible_catalogs", lambda request: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
