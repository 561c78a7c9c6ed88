from __future__ import annotations

import pytest

from catalog.profiles.services import merge_profiles
from recommender.models import Impression
from recommender.serving import impressions
from tests.factories import make_profile


def test_impressions_take_one_insert(profile, items, django_assert_num_queries):
    shown = [(item.pk, ("history", "tail")) for item in items]
    with django_assert_num_queries(1):
        impressions.record_impressions(profile=profile, version=None, surface="gems", shown=shown)
    first = Impression.objects.order_by("position").first()
    assert (first.item, first.position, first.surface, first.sources) == (
        items[0],
        1,
        "gems",
        ["history", "tail"],
    )


def test_a_merge_retains_the_visitors_impressions(catalog, profile, items):
    visitor = make_profile(catalog)
    impressions.record_impressions(
        profile=visitor, version=None, surface="gems", shown=[(items[0].pk, ["tail"])]
    )
    merge_profiles(source=visitor, target=profile)
    assert profile.impressions.get().item == items[0]


def test_a_page_of_many_lists_is_recorded_whole(profile, items):
    lists = {f"row-{n}": [(item.pk, ["tail"]) for item in items] for n in range(40)}
    assert impressions.record_lists(profile=profile, version=None, lists=lists) == 240
    assert Impression.objects.count() == 240
    assert impressions.record_lists(profile=profile, version=None, lists={}) == 0


def test_nothing_is_recorded_while_personal_lists_are_off(profile, items):
    profile.personal = False
    shown = [(items[0].pk, ["tail"])]
    assert not impressions.record_impressions(
        profile=profile, version=None, surface="gems", shown=shown
    )
    assert not Impression.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_deleted_profile_nothing_is_recorded(profile, items):
    profile.__class__.objects.filter(pk=profile.pk).delete()
    shown = [(items[0].pk, ["tail"])]
    assert not impressions.record_impressions(
        profile=profile, version=None, surface="gems", shown=shown
    )
    assert not Impression.objects.exists()
