"""The history of a person, page by page, in a browser without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.utils.timezone import now

from catalog.models import Interaction, Profile
from catalog.views import history
from tests.factories import make_catalog, make_interaction, make_item, make_profile, make_user
from tests.html import compact

PAGE = "/c/shop/history/"


@pytest.fixture
def account(signed_in):
    return signed_in


@pytest.fixture
def long(ann, items) -> list[Interaction]:
    """Sixty events, the oldest first: every third one is a save, the others are views."""
    began = now() - timedelta(days=3)
    return [
        make_interaction(
            ann,
            items[number % 6],
            "view" if number % 3 else "save",
            created_at=began + timedelta(minutes=number),
        )
        for number in range(60)
    ]


def page(client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def removable(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="remove" value="(\d+)"', text)]


def test_all_events_are_shown_newest_first(client, long):
    pages = [removable(page(client, f"{PAGE}?page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [24, 24, 12]
    assert [pk for one in pages for pk in one] == [act.pk for act in reversed(long)]


def test_one_kind_can_be_shown_with_its_number(client, long):
    text = compact(page(client, f"{PAGE}?kind=save"))
    assert removable(text) == [act.pk for act in reversed(long) if act.kind == "save"]
    assert re.search(r'href="\?kind=save" aria-current="true">saved<span class="number">20<', text)
    assert re.search(r'href="\?kind=view">viewed<span class="number">40<', text)
    assert re.search(r'href="\?">All<span class="number">60<', text)
    assert "kind=view&page=2" in page(client, f"{PAGE}?kind=view")


def test_the_page_needs_few_queries(client, long, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(PAGE)


def test_one_event_is_removed_and_the_others_stay(client, ann, items):
    first, second = (make_interaction(ann, items[0], "save") for _twice in range(2))
    text = unescape(client.post(PAGE, {"remove": first.pk}, follow=True).content.decode())
    assert "Removed: “Red Mug”, saved." in text
    assert list(ann.interactions.all()) == [second]
    assert "already removed" in unescape(
        client.post(PAGE, {"remove": first.pk}, follow=True).content.decode()
    )


def removed(client, act: Interaction) -> str:
    """Remove an event; returns the token that restores it."""
    return undo_of(unescape(client.post(PAGE, {"remove": act.pk}, follow=True).content.decode()))


def undo_of(text: str) -> str:
    return re.findall(r'name="event" value="([^"]+)"', text)[0]


def test_undoing_a_removal_restores_every_field(client, ann, items):
    when = now() - timedelta(days=9)
    act = make_interaction(ann, items[1], "rate", value=2.5, created_at=when, event_id="e-1")
    token = removed(client, act)
    for _twice in range(2):
        assert client.post(PAGE, {"event": token, "undo": "1"}).status_code == 302
    again = ann.interactions.get()
    assert (again.item, again.kind, again.value, again.created_at, again.event_id) == (
        items[1], "rate", 2.5, when, "e-1"
    )  # fmt: skip


def test_only_the_person_restores_an_event_and_for_an_hour_only(client, ann, items, monkeypatch):
    token = removed(client, make_interaction(ann, items[0], "save"))
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.post(PAGE, {"event": token}).status_code == 409
    assert client.post(PAGE, {"event": token + "x"}).status_code == 409
    assert client.post(PAGE, {"event": signing.dumps([ann.pk], salt="other")}).status_code == 409
    monkeypatch.setattr(history, "UNDO_SECONDS", -1)
    assert client.post(PAGE, {"event": token}).status_code == 409
    assert not Interaction.objects.exists()


def test_an_event_of_a_deleted_item_is_not_restored(client, ann, items):
    token = removed(client, make_interaction(ann, items[0], "save"))
    items[0].delete()
    assert client.post(PAGE, {"event": token}).status_code == 409


def test_events_of_others_and_of_other_catalogues_cannot_be_removed(client, ann, catalog, items):
    other = make_interaction(make_profile(catalog), items[0])
    elsewhere = make_catalog()
    own = make_interaction(make_profile(elsewhere, user=ann.user), make_item(elsewhere))
    for act in (other, own):
        client.post(PAGE, {"remove": act.pk})
    assert Interaction.objects.count() == 2
    assert removable(page(client)) == []


@pytest.mark.parametrize(
    "fields", [{}, {"remove": "x"}, {"remove": "0"}, {"remove": "1", "event": "x"}]
)
def test_bad_input_is_rejected_with_a_page(client, ann, fields):
    answer = client.post(PAGE, fields)
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("query", ["?kind=stole", "?page=0", "?page=x"])
def test_an_unknown_kind_or_page_is_rejected(client, ann, query):
    assert client.get(f"{PAGE}{query}").status_code == 400


def test_a_page_number_beyond_the_last_shows_the_last(client, long):
    assert removable(page(client, f"{PAGE}?page=99")) == removable(page(client, f"{PAGE}?page=3"))


def test_a_stranger_has_an_empty_history_and_gets_no_profile(catalog):
    assert "Nothing yet." in page(Client())
    assert not Profile.objects.exists()


def test_the_live_page_gets_its_fragment_and_the_notice(client, ann, items):
    act = make_interaction(ann, items[0], "save")
    assert page(client)
    part = client.get(PAGE, HTTP_HX_REQUEST="true").content.decode()
    assert part.lstrip().startswith('<div id="history"')
    answer = client.post(PAGE, {"remove": act.pk}, HTTP_HX_REQUEST="true")
    assert answer["HX-Trigger"] == "acted"
    assert undo_of(answer.content.decode())


def test_the_you_page_links_to_the_history(client, ann, items):
    make_interaction(ann, items[0])
    assert f'href="{PAGE}"' in page(client, "/you/")
