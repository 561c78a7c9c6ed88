"""Fault 11: posts without a cookie make no crowd of people."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Interaction, Profile


def act(client, item, **headers):
    return client.post(f"/c/shop/items/{item.pk}/act/", {"kind": "like"}, **headers)


@pytest.fixture
def few(settings):
    settings.NEW_VISITORS_PER_MINUTE = 10


def test_150_posts_without_a_cookie_make_ten_people(few, items, monkeypatch):
    monkeypatch.setattr("catalog.profiles.new_visitors.time.time", lambda: 1_000_000.0)
    answers = [act(Client(), items[0]).status_code for _ in range(150)]
    assert answers == [302] * 10 + [429] * 140
    assert Profile.objects.count() == Interaction.objects.count() == 10


def test_a_visitor_with_a_cookie_is_not_limited(few, items, monkeypatch):
    monkeypatch.setattr("catalog.profiles.new_visitors.time.time", lambda: 1_000_000.0)
    visitor = Client()
    for _ in range(5):
        for item in items:
            assert act(visitor, item).status_code == 302
    assert Profile.objects.count() == 1


def test_other_addresses_and_the_next_minute_are_free(few, items, monkeypatch):
    clock = {"now": 1_000_000.0}
    monkeypatch.setattr("catalog.profiles.new_visitors.time.time", lambda: clock["now"])
    for _ in range(11):
        last = act(Client(), items[0])
    assert last.status_code == 429
    assert act(Client(), items[0], REMOTE_ADDR="203.0.113.5").status_code == 302
    clock["now"] += 60
    assert act(Client(), items[0]).status_code == 302
