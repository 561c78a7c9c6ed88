"""The home that recommends, the item with what is like it, and why it is shown."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from catalog.models import Interaction, Profile
from recommender.training import execution, runs, versions
from tests.factories import make_interaction, make_item, make_profile
from tests.html import compact
from tests.recommender.worlds import publish_by_hand, rate_camps, two_camps

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
LIVE = {"HTTP_HX_REQUEST": "true"}
QUERIES = 25
BYTES = 250 * 1024


def shelves(page: str) -> dict[str, list[int]]:
    """Item keys by shelf, in their order."""
    parts = re.split(r'id="shelf-([\w-]+)"', page)[1:]
    return {
        key: [int(pk) for pk in re.findall(r'data-item="(\d+)"', body)]
        for key, body in zip(parts[::2], parts[1::2], strict=True)
    }


def act(client, item, kind="", **more):
    return client.post(
        reverse("catalog:act", args=[item.catalog.slug, item.pk]), {"kind": kind, **more}
    )


@pytest.fixture
def many(catalog):
    """Enough items and people for full shelves: the first are known best."""
    items = [
        make_item(catalog, title=f"Thing number {number}", categories=["Things"])
        for number in range(90)
    ]
    for person in range(12):
        profile = make_profile(catalog)
        for number in range(90):
            if number % (person + 2) == 0:
                make_interaction(profile, items[number])
    return items


@pytest.fixture
def trained_many(catalog, many):
    """The same, with a model that was really trained on them."""
    run = runs.request_training(catalog=catalog, trigger="command", send=False)
    execution.carry_out(runs.claim_run(run_id=run.pk))
    return many


def test_a_stranger_reads_that_nothing_is_personal_yet(client, live_version):
    page = client.get("/c/shop/").content.decode()
    assert "You are new here" in page
    assert "Not personal yet" in page
    assert "shelf-because" not in page
    assert not Profile.objects.filter(external_id=None).exists()


def test_without_a_model_the_home_still_stands(client, items):
    page = client.get("/c/shop/").content.decode()
    assert "Red Mug" in page


def test_without_any_item_the_home_says_so(client, catalog):
    assert "Nothing here yet" in client.get("/c/shop/").content.decode()


def test_no_item_stands_twice_on_the_home(client, many):
    act(client, many[4], "like")
    found = shelves(client.get("/c/shop/").content.decode())
    shown = [pk for shelf in found.values() for pk in shelf]
    assert len(shown) == len(set(shown))
    assert len(found["for-you"]) == 12
    assert len(found["new"]) == 12


def test_what_one_did_changes_the_lists_at_once_and_undo_brings_them_back(
    client, live_version, items
):
    before = shelves(client.get("/c/shop/").content.decode())
    act(client, items[0], "take")
    page = client.get("/c/shop/").content.decode()
    after = shelves(page)
    assert items[0].pk not in [pk for shelf in after.values() for pk in shelf]
    assert "Based on the one thing you did here" in page
    assert set(after["for-you"][:2]) == {items[1].pk, items[2].pk}
    act(client, items[0], undo="take")
    assert shelves(client.get("/c/shop/").content.decode()) == before


def test_what_was_chosen_last_has_a_shelf_of_its_own(client, trained_many):
    act(client, trained_many[0], "take")
    assert "Because you chose “Thing number 0”" in client.get("/c/shop/").content.decode()


def test_what_is_not_for_somebody_is_on_no_shelf(client, live_version, items):
    act(client, items[3], "hide")
    found = shelves(client.get("/c/shop/").content.decode())
    assert items[3].pk not in [pk for shelf in found.values() for pk in shelf]


def test_the_dial_changes_the_home(client, many):
    def first(tail: str) -> list[int]:
        client.post(reverse("catalog:dial", args=["shop"]), {"tail": tail})
        return shelves(client.get("/c/shop/").content.decode())["for-you"]

    assert first("0") == first("0")
    page = client.get("/c/shop/").content.decode()
    assert 'value="0"' in page
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "1"})
    assert 'aria-valuetext="what few know"' in client.get("/c/shop/").content.decode()


def test_live_requests_get_the_shelves_alone(client, items):
    answer = client.get("/c/shop/", **LIVE)
    assert "HX-Request" in answer["Vary"]
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="shelves"')
    assert "<html" not in page


def test_the_home_is_light_in_queries_and_bytes(
    client, trained_many, settings, django_assert_max_num_queries
):
    act(client, trained_many[4], "like")
    client.get("/c/shop/")
    settings.MODEL_REFRESH_SECONDS = 60.0
    with django_assert_max_num_queries(QUERIES):
        answer = client.get("/c/shop/")
    assert len(answer.content) < BYTES


def test_the_home_shows_who_knows_what_and_why(client, live_version, items):
    act(client, items[0], "take")
    page = client.get("/c/shop/").content.decode()
    assert re.search(r'class="reason">[^<]*“Red Mug”', page)
    assert re.search(r"Known to \d+ (person|people) here", page)


def test_an_item_page_shows_what_is_like_it(client, live_version, items):
    page = client.get(items[0].get_absolute_url(), **BROWSER).content.decode()
    assert "Similar items" in page
    assert "Blue Mug" in page
    assert Interaction.objects.filter(kind="view", item=items[0]).count() == 1


def test_what_was_done_with_similar_items_is_shown_on_their_cards(client, live_version, items):
    act(client, items[1], "save")
    page = client.get(items[0].get_absolute_url(), **BROWSER).content.decode()
    card = page.split(f'data-item="{items[1].pk}"')[1].split("</li>")[0]
    assert 'name="undo" value="save" aria-pressed="true"' in compact(card)


def test_why_opens_in_place_and_as_a_page_with_the_numbers_of_the_computation(
    client, live_version, items
):
    act(client, items[0], "take")
    address = reverse("recommender:why", args=["shop", items[1].pk])
    panel = client.get(address, **LIVE).content.decode()
    page = client.get(address, **BROWSER).content.decode()
    assert "<html" not in panel
    assert "<html" in page
    for text in (panel, page):
        assert "What contributes to its score for you" in text
        assert 'class="bar' in text
    shares = [abs(int(found)) for found in re.findall(r'class="number">(-?\d+) %', panel)]
    assert 95 <= sum(shares) <= 105


def test_why_says_plainly_when_there_is_nothing_to_take_apart(client, items):
    panel = client.get(
        reverse("recommender:why", args=["shop", items[1].pk]), **LIVE
    ).content.decode()
    assert "nothing to break down" in panel


def test_asking_why_is_no_view(client, live_version, items):
    client.get(reverse("recommender:why", args=["shop", items[1].pk]), **BROWSER, **LIVE)
    assert not Interaction.objects.filter(kind="view").exists()


def test_a_closed_catalogue_recommends_to_staff_only(client, staff, live_version, items):
    catalog = items[0].catalog
    catalog.is_public = False
    catalog.save()
    assert client.get("/c/shop/").status_code == 404
    client.force_login(staff)
    assert client.get("/c/shop/").status_code == 200


def test_stars_are_predicted_on_the_item_and_on_cards_for_who_rated(catalog, client, user):
    items, profiles = two_camps(catalog)
    rate_camps(items, profiles)
    versions.promote(version=publish_by_hand(catalog, 1))
    address = items[4].get_absolute_url()
    assert "You would probably give it" not in client.get(address, **BROWSER).content.decode()
    profile = make_profile(catalog, user=user)
    for item, stars in ((items[0], 5), (items[1], 4), (items[8], 1)):
        make_interaction(profile, item, "rate", value=stars)
    client.force_login(user)
    assert re.search(
        r"You would probably give it <b>★ [345]\.\d</b>",
        client.get(address, **BROWSER).content.decode(),
    )
    home = client.get(catalog.get_absolute_url(), **BROWSER).content.decode()
    assert re.search(r'class="stars"[^>]*>★ \d\.\d', compact(home))
    assert (
        "You would probably give"
        not in client.get(items[0].get_absolute_url(), **BROWSER).content.decode()
    )
