from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Profile
from recommender.models import Impression, InterestText
from tests.factories import make_interaction


@pytest.fixture
def account(user):
    return user


@pytest.fixture
def ann(client, profile, items, account) -> Profile:
    """Ann is signed in, and has data of every kind."""
    client.force_login(account)
    Profile.objects.filter(pk=profile.pk).update(tail=0.7)
    make_interaction(profile, items[0], "take", value=2, event_id="order-7")
    make_interaction(profile, items[1], "rate", value=4.5)
    InterestText.objects.create(
        profile=profile, text="=HYPERLINK(1)", language="en", words=[], unwanted=["clock"]
    )
    Impression.objects.create(
        profile=profile, item=items[2], surface="for_you", position=1, sources=["history"]
    )
    return profile


@pytest.fixture
def visitor(client, catalog, items) -> Profile:
    """A visitor without an account who saved an item, viewed one, and turned the dial."""
    client.post(reverse("catalog:act", args=["shop", items[0].pk]), {"kind": "save"})
    client.get(items[1].get_absolute_url(), headers={"user-agent": "Mozilla/5.0"})
    client.post(reverse("catalog:dial", args=["shop"]), {"tail": "0.9"})
    return Profile.objects.get()
