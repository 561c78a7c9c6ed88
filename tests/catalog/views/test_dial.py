"""The tail dial."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Catalog, Profile
from tests.catalog.views.browsing import LIVE, act


def test_a_strangers_dial_is_stored_in_the_visit(client, catalog):
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.8"})
    assert not Profile.objects.exists()
    assert 'value="0.8"' in client.get("/you/").content.decode()


def test_a_persons_dial_is_stored_in_the_profile(client, items):
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.6"})
    assert Profile.objects.get().tail == 0.6


def test_the_radio_buttons_win_over_the_slider(client, items):
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.3", "step": "1"})
    assert Profile.objects.get().tail == 1.0


def test_the_dial_stays_within_the_catalogues_limits(client, items):
    Catalog.objects.update(tail_min=0.2, tail_max=0.5)
    act(client, items[0], "save")
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "1"})
    assert Profile.objects.get().tail == 0.5


@pytest.mark.parametrize("tail", ["", "far", "2", "nan"])
def test_a_dial_that_is_not_a_number_is_rejected(client, catalog, tail):
    assert client.post(reverse("catalog:dial", args=["shop"]), {"tail": tail}).status_code == 400


def test_turning_the_dial_live_reloads_the_lists(client, catalog):
    answer = client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.5"}, **LIVE)
    assert answer.status_code == 204
    assert answer["HX-Trigger"] == "turned"
    assert "turned from:body" in client.get("/c/shop/").content.decode()
