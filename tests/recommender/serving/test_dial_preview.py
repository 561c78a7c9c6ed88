"""What a turn of the dial would do is shown before it is kept, and is what keeping it does."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from catalog.models import Profile
from recommender.models import Impression
from tests.factories import make_interaction, make_item, make_profile
from tests.html import compact
from tests.recommender.views.test_home import act, shelves, trained_many  # noqa: F401 (a fixture)

LIVE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def many(catalog):
    """Twelve well-known things and a long tail of twins of them."""
    items = [
        make_item(catalog, title=f"Thing number {number}", categories=["Things"])
        for number in range(60)
    ]
    for person in range(20):
        profile = make_profile(catalog)
        for number in range(12 if person < 16 else 60):
            if (number + person) % 3:
                make_interaction(profile, items[number])
    return items


def preview(client, tail: str, **headers: str) -> str:
    return client.get(
        reverse("catalog:dial", args=["shop"]), {"tail": tail}, **headers
    ).content.decode()


@pytest.mark.usefixtures("trained_many")
class TestDial:
    def test_nothing_is_stored_before_it_is_confirmed(self, client, many):
        act(client, many[0], "take")
        shown = Impression.objects.count()
        assert "<b>what few know</b>" in compact(preview(client, "1", **LIVE))
        assert Profile.objects.latest("pk").tail is None
        assert Impression.objects.count() == shown

    def test_keeping_does_what_was_shown(self, client, many):
        act(client, many[0], "take")
        before = shelves(client.get("/c/shop/").content.decode())["for-you"]
        page = preview(client, "1", **LIVE)
        client.post(reverse("catalog:dial", args=["shop"]), {"tail": "1"})
        after = shelves(client.get("/c/shop/").content.decode())["for-you"]
        by_kind = {
            kind: {
                int(pk)
                for pk in re.findall(rf'<li class="{kind}">.*?/items/(\d+)/', page, re.DOTALL)
            }
            for kind in ("in", "out")
        }
        assert by_kind["in"] == set(after) - set(before) != set()
        assert by_kind["out"] == set(before) - set(after) != set()

    def test_without_javascript_it_is_a_page_that_leads_back(self, client, many):
        came_from = "/c/shop/interests/"
        page = client.get("/c/shop/dial/", {"step": "1", "next": came_from}).content.decode()
        assert "<html" in page
        assert f'name="next" value="{came_from}"' in page
        assert f'class="button back" href="{came_from}"' in compact(page)
        assert client.post("/c/shop/dial/", {"tail": "1", "next": came_from}).url == came_from
        elsewhere = client.get(
            "/c/shop/dial/", {"step": "1", "next": "https://evil.example/"}
        ).content.decode()
        assert '"https://evil' not in elsewhere

    def test_a_dial_put_back_shows_nothing(self, client, many):
        assert "dial-preview" not in preview(client, "0.3", **LIVE)

    @pytest.mark.parametrize("tail", ["far", "2", "nan"])
    def test_a_dial_that_is_no_number_is_rejected(self, client, catalog, tail):
        assert client.get("/c/shop/dial/", {"tail": tail}).status_code == 400


@pytest.mark.urls("tests.catalog.urls_alone")
def test_the_catalogue_alone_asks_before_it_keeps_too(client, items):
    page = client.get("/c/shop/dial/", {"tail": "0.9"}).content.decode()
    assert 'class="main keep"' in page
    assert "0.9" in page
