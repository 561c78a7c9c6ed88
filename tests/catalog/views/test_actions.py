"""Actions on items, without JavaScript and with htmx."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Interaction, Profile
from tests.catalog.views.browsing import LIVE, act
from tests.factories import make_interaction, make_item


def test_acting_without_javascript_redirects_and_shows_the_notice_once(client, items):
    home = items[0].catalog.get_absolute_url()
    answer = act(client, items[0], "save", next=home)
    assert answer.url == home
    assert Interaction.objects.get().kind == "save"
    page = client.get("/you/").content.decode()
    assert "Saved “Red Mug”" in page
    assert "Undo" in page
    assert "Saved “Red Mug”" not in client.get("/you/").content.decode()


def test_acting_with_htmx_answers_with_a_notice_and_a_trigger(client, items):
    answer = act(client, items[0], "hide", **LIVE)
    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "acted"
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in answer.content.decode()
    assert "Removed. “Red Mug” will not be recommended again." in answer.content.decode()


def test_a_button_pressed_twice_records_one_event(client, items):
    for _again in range(2):
        assert "Saved" in act(client, items[0], "save", **LIVE).content.decode()
    assert Interaction.objects.count() == 1


def test_undo_deletes_that_kind_only(client, items):
    for kind in ("save", "like"):
        act(client, items[0], kind)
    act(client, items[0], undo="save")
    assert [row.kind for row in Interaction.objects.all()] == ["like"]


def test_undo_by_a_stranger_creates_no_profile(client, items):
    assert act(client, items[0], undo="save").status_code == 302
    assert not Profile.objects.exists()


def test_events_of_others_cannot_be_undone(client, items, profile):
    make_interaction(profile, items[0], "save")
    act(client, items[1], "like")
    act(client, items[0], undo="save")
    assert Interaction.objects.filter(profile=profile, kind="save").exists()


@pytest.mark.parametrize("kind", ["", "buy", "rate", "view"])
def test_an_unknown_action_is_rejected_with_a_sentence(client, items, kind):
    answer = act(client, items[0], kind)
    assert answer.status_code == 400
    assert "kind" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_an_action_and_its_undo_at_once_are_rejected(client, items):
    assert act(client, items[0], "save", undo="like").status_code == 400


def test_errors_of_live_requests_are_shown_in_the_notice(client, catalog):
    unavailable = make_item(catalog, available=False)
    answer = act(client, unavailable, "take", **LIVE)
    assert answer.status_code == 200
    assert "no longer available" in answer.content.decode()


def test_acting_redirects_to_this_site_only(client, items):
    assert (
        act(client, items[0], "save", next="https://evil.example/").url
        == items[0].get_absolute_url()
    )


def test_acting_needs_the_token_of_our_own_form(items):
    from django.test import Client

    answer = act(Client(enforce_csrf_checks=True), items[0], "save")
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_a_get_never_acts(client, items):
    assert client.get(reverse("catalog:act", args=["shop", items[0].pk])).status_code == 405


def test_the_buttons_show_earlier_actions(client, visit, items):
    act(client, items[0], "take")
    page = visit(items[0].get_absolute_url(), **LIVE).content.decode()
    assert "Bought" in page
    assert page.count('aria-pressed="true"') == 1


def test_a_catalogue_may_have_its_own_word_for_take(visit, catalog, items):
    catalog.texts = {"en": {"take": "Borrow it"}}
    catalog.save()
    assert "Borrow it" in visit(items[0].get_absolute_url()).content.decode()
