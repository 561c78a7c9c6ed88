"""Items that are no reason for lists: set aside, taken up again, merged."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Interaction, Profile, SetAside
from catalog.profiles import excluded_reasons, history, services
from catalog.signals import history_changed
from config.errors import AppError
from tests.factories import make_catalog, make_interaction, make_item, make_profile


def reasons(profile: Profile) -> list[int]:
    return [act.item_id for act in history.past(profile, n=10).liked]


def test_what_is_set_aside_is_no_reason_but_stays_done_and_known(profile, items):
    for item in items[:2]:
        make_interaction(profile, item)
    excluded_reasons.set_aside(profile=profile, item=items[0])
    assert reasons(profile) == [items[1].pk]
    assert items[0].pk in history.past(profile, n=10).known
    assert Interaction.objects.filter(profile=profile, item=items[0]).count() == 1


def test_others_keep_their_reasons(profile, items):
    other = make_profile(profile.catalog)
    make_interaction(other, items[0])
    excluded_reasons.set_aside(profile=profile, item=items[0])
    assert reasons(other) == [items[0].pk]


def test_a_history_is_as_long_as_before(profile, items):
    for item in items:
        make_interaction(profile, item)
    excluded_reasons.set_aside(profile=profile, item=items[5])
    assert len(history.past(profile, n=3).liked) == 3


def test_setting_aside_twice_is_once_and_taking_up_again_brings_it_back(profile, items):
    make_interaction(profile, items[0])
    for _twice in range(2):
        excluded_reasons.set_aside(profile=profile, item=items[0])
    assert SetAside.objects.count() == 1
    excluded_reasons.take_up_again(profile=profile, item=items[0])
    assert reasons(profile) == [items[0].pk]


def test_interest_texts_are_told(profile, items):
    told: list[int] = []

    def listen(*, profile_ids: list[int], **signal: object) -> None:
        told.extend(profile_ids)

    history_changed.connect(listen)
    try:
        excluded_reasons.set_aside(profile=profile, item=items[0])
        excluded_reasons.take_up_again(profile=profile, item=items[0])
        excluded_reasons.take_up_again(profile=profile, item=items[0])
    finally:
        history_changed.disconnect(listen)
    assert told == [profile.pk] * 2


def test_an_item_of_another_catalogue_is_refused_by_name(profile):
    with pytest.raises(AppError, match="another catalogue"):
        excluded_reasons.set_aside(profile=profile, item=make_item(make_catalog()))


def test_two_people_who_are_one_set_aside_what_either_did(profile, items):
    visitor = make_profile(profile.catalog, external_id=None)
    for who, item in ((profile, items[0]), (visitor, items[0]), (visitor, items[1])):
        excluded_reasons.set_aside(profile=who, item=item)
    services.merge_profiles(source=visitor, target=profile)
    assert set(SetAside.objects.values_list("profile_id", "item_id")) == {
        (profile.pk, items[0].pk),
        (profile.pk, items[1].pk),
    }


def test_the_page_says_what_it_did_and_offers_the_way_back(client, items):
    address = reverse("catalog:aside", args=["shop", items[0].pk])
    answer = client.post(address, HTTP_HX_REQUEST="true")
    assert "Nothing is shown because of “Red Mug” any more" in answer.content.decode()
    assert answer["HX-Trigger"] == "acted"
    assert SetAside.objects.count() == 1
    back = client.post(address, {"undo": "aside", "next": "/c/shop/"})
    assert back.url == "/c/shop/"
    assert not SetAside.objects.exists()


def test_undoing_makes_nobody(client, items):
    client.post(reverse("catalog:aside", args=["shop", items[0].pk]), {"undo": "aside"})
    assert not Profile.objects.exists()
