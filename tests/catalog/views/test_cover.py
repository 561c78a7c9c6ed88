"""Covers and how long they are cached."""

from __future__ import annotations

from django.urls import reverse

from tests.factories import make_catalog, make_item


def test_a_cover_may_be_cached_for_a_year_and_answers_304(client, items):
    address = reverse("catalog:cover", args=["shop", items[0].pk])
    first = client.get(address)
    assert first["Content-Type"] == "image/svg+xml"
    assert "immutable" in first["Cache-Control"]
    assert "max-age=31536000" in first["Cache-Control"]
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


def test_covers_of_a_closed_catalogue_are_not_cached_by_proxies(client, staff):
    item = make_item(make_catalog(is_public=False))
    client.force_login(staff)
    answer = client.get(reverse("catalog:cover", args=[item.catalog.slug, item.pk]))
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


def test_a_new_title_changes_the_address_of_the_cover(visit, items):
    def address() -> str:
        page = visit(items[0].get_absolute_url()).content.decode()
        return page.split('src="/c/shop/covers/')[1].split('"')[0]

    before = address()
    items[0].title = "Crimson Mug"
    items[0].save()
    assert address() != before
