"""The panel that explains a score: its numbers, its actions, and the line that opens it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from catalog.models import ExcludedReason, Profile
from recommender.serving import recommend

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
LIVE = {"HTTP_HX_REQUEST": "true"}


def why(item):
    return reverse("recommender:why", args=[item.catalog.slug, item.pk])


@pytest.fixture
def reader(client, live_version, items):
    """Somebody who took the red mug."""
    client.post(reverse("catalog:act", args=["shop", items[0].pk]), {"kind": "take"})
    return client


def test_every_recommended_card_leads_to_its_reasons(reader, items):
    page = reader.get("/c/shop/", **BROWSER).content.decode()
    card = page.split(f'data-item="{items[1].pk}"')[1].split("</li>")[0]
    assert f'href="{why(items[1])}"' in card


def test_the_panel_shows_what_the_list_was_computed_from(reader, items):
    profile, catalog = Profile.objects.get(external_id=None), items[0].catalog
    cards = recommend.recommend_for(profile, catalog=catalog, n=5, record=False).cards
    for card in cards:
        explanation = recommend.explain(profile, card.item)
        assert explanation.score == pytest.approx(card.score, abs=1e-4)
        assert sum(share.amount for share in explanation.by_evidence) == pytest.approx(
            card.score, abs=1e-4
        )
        assert sum(abs(share.percent) for share in explanation.by_evidence) == pytest.approx(100)
        assert explanation.reason == card.reason


def test_not_because_of_this_takes_the_item_out_of_every_reason(reader, items):
    panel = reader.get(why(items[1]), **LIVE).content.decode()
    address = reverse("catalog:exclude_reason", args=["shop", items[0].pk])
    assert f'action="{address}"' in panel
    assert "Not because of “Red Mug”" in panel
    answer = reader.post(address, {"next": why(items[1])}, follow=True, **BROWSER)
    assert answer.redirect_chain == [(why(items[1]), 302)]
    page = answer.content.decode()
    assert "“Red Mug” is no longer used for recommendations" in page
    assert address not in page.split('id="toast"')[0]
    assert (
        "Red Mug" not in reader.get("/c/shop/", **BROWSER).content.decode().split('id="shelves"')[1]
    )


def test_an_excluded_reason_says_so_on_its_page_and_counts_again_on_request(reader, items):
    assert (
        "Not used for recommendations"
        not in reader.get(items[0].get_absolute_url(), **BROWSER).content.decode()
    )
    reader.post(reverse("catalog:exclude_reason", args=["shop", items[0].pk]))
    page = reader.get(items[0].get_absolute_url(), **BROWSER).content.decode()
    assert "Not used for recommendations" in page
    reader.post(
        reverse("catalog:exclude_reason", args=["shop", items[0].pk]), {"undo": "excluded_reason"}
    )
    assert not ExcludedReason.objects.exists()


def test_a_hidden_gem_is_explained_as_one(reader, items):
    page = reader.get(f"{why(items[1])}?gems=1", **LIVE).content.decode()
    assert f'hx-get="{why(items[1])}?gems=1"' in page
    assert re.search(r'class="number">-?\d+ %', page)
