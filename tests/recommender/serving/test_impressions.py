from __future__ import annotations

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
