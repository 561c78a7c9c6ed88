"""Items that may not be a reason for lists: excluded, restored, merged."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import ExcludedReason, Interaction, Profile
from catalog.profiles import excluded_reasons, history, services
from catalog.signals import history_changed
from config.errors import AppError
from tests.factories import make_catalog, make_interaction, make_item, make_profile


def reasons(profile: Profile) -> list[int]:
    return [act.item_id for act in history.past(profile, n=10).liked]


def test_an_excluded_item_is_no_reason_but_its_events_stay(profile, items):
    for item in items[:2]:
        make_interaction(profile, item)
    excluded_reasons.exclude_reason(profile=profile, item=items[0])
    assert reasons(profile) == [items[1].pk]
    assert items[0].pk in history.past(profile, n=10).known
    assert Interaction.objects.filter(profile=profile, item=items[0]).count() == 1


def test_reasons_of_other_people_stay(profile, items):
    other = make_profile(profile.catalog)
    make_interaction(other, items[0])
    excluded_reasons.exclude_reason(profile=profile, item=items[0])
    assert reasons(other) == [items[0].pk]


def test_a_history_is_as_long_as_before(profile, items):
    for item in items:
        make_interaction(profile, item)
    excluded_reasons.exclude_reason(profile=profile, item=items[5])
    assert len(history.past(profile, n=3).liked) == 3


def test_excluding_twice_is_once_and_restoring_brings_it_back(profile, items):
    make_interaction(profile, items[0])
    for _twice in range(2):
        excluded_reasons.exclude_reason(profile=profile, item=items[0])
    assert ExcludedReason.objects.count() == 1
    excluded_reasons.restore_reason(profile=profile, item=items[0])
    assert reasons(profile) == [items[0].pk]


def test_interest_texts_get_the_signal(profile, items):
    received: list[int] = []

    def listen(*, profile_ids: list[int], **signal: object) -> None:
        received.extend(profile_ids)

    history_changed.connect(listen)
    try:
        excluded_reasons.exclude_reason(profile=profile, item=items[0])
        excluded_reasons.restore_reason(profile=profile, item=items[0])
        excluded_reasons.restore_reason(profile=profile, item=items[0])
    finally:
        history_changed.disconnect(listen)
    assert received == [profile.pk] * 2


def test_an_item_of_another_catalogue_is_rejected_by_name(profile):
    with pytest.raises(AppError, match="a different catalogue"):
        excluded_reasons.exclude_reason(profile=profile, item=make_item(make_catalog()))


def test_a_merged_profile_has_the_excluded_reasons_of_both(profile, items):
    visitor = make_profile(profile.catalog, external_id=None)
    for who, item in ((profile, items[0]), (visitor, items[0]), (visitor, items[1])):
        excluded_reasons.exclude_reason(profile=who, item=item)
    services.merge_profiles(source=visitor, target=profile)
    assert set(ExcludedReason.objects.values_list("profile_id", "item_id")) == {
        (profile.pk, items[0].pk),
        (profile.pk, items[1].pk),
    }


def test_the_page_says_what_it_did_and_offers_the_way_back(client, items):
    address = reverse("catalog:exclude_reason", args=["shop", items[0].pk])
    answer = client.post(address, HTTP_HX_REQUEST="true")
    assert "“Red Mug” is no longer used for recommendations" in answer.content.decode()
    assert answer["HX-Trigger"] == "acted"
    assert ExcludedReason.objects.count() == 1
    back = client.post(address, {"undo": "excluded_reason", "next": "/c/shop/"})
    assert back.url == "/c/shop/"
    assert not ExcludedReason.objects.exists()


def test_undo_creates_no_profile(client, items):
    client.post(
        reverse("catalog:exclude_reason", args=["shop", items[0].pk]), {"undo": "excluded_reason"}
    )
    assert not Profile.objects.exists()
