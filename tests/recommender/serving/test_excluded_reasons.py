"""Excluded reasons in training and in serving."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catalog.models import Catalog, Item, Profile
from catalog.profiles.excluded_reasons import exclude_reason, restore_reason
from recommender.serving import recommend
from recommender.training import datasets, run_queries, versions
from recommender.training.datasets import CatalogData
from tests.factories import make_interaction, make_profile
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def people(profile: Profile, items: list[Item]) -> tuple[Profile, Profile]:
    """Ann took three mugs and looked twice at the first, Bob took the same three."""
    bob = make_profile(profile.catalog, external_id="bob")
    for who in (profile, bob):
        for item in items[:3]:
            make_interaction(who, item)
    make_interaction(profile, items[0], "view")
    return profile, bob


def pairs(data: CatalogData) -> set[tuple[int, int]]:
    log = data.dataset.log
    return set(
        zip(data.profile_pks[log.users].tolist(), data.item_pks[log.items].tolist(), strict=True)
    )


def test_trainings_read_no_event_of_the_pair_and_all_others(
    catalog: Catalog, people: tuple[Profile, Profile], items: list[Item]
) -> None:
    ann, bob = people
    before = datasets.load(catalog)
    exclude_reason(profile=ann, item=items[0])
    after = datasets.load(catalog)
    assert pairs(before) - pairs(after) == {(ann.pk, items[0].pk)}
    assert pairs(after) < pairs(before)
    assert len(before.dataset.log) - len(after.dataset.log) == 2
    assert (bob.pk, items[0].pk) in pairs(after)
    np.testing.assert_array_equal(after.item_pks, before.item_pks)


def test_a_person_without_reasons_is_in_no_training(
    catalog: Catalog, people: tuple, items: list[Item]
) -> None:
    ann, bob = people
    for item in items:
        exclude_reason(profile=ann, item=item)
    assert datasets.load(catalog).profile_pks.tolist() == [bob.pk]


def test_restoring_a_reason_restores_the_training_data(
    catalog: Catalog, people: tuple, items: list[Item]
) -> None:
    before = datasets.load(catalog).fingerprint
    exclude_reason(profile=people[0], item=items[0])
    assert datasets.load(catalog).fingerprint != before
    restore_reason(profile=people[0], item=items[0])
    assert datasets.load(catalog).fingerprint == before


def test_what_counts_as_new_is_what_would_be_read(
    catalog: Catalog, people: tuple, items: list[Item]
) -> None:
    exclude_reason(profile=people[0], item=items[0])
    count = run_queries.read_interactions(catalog).count()
    assert count == len(datasets.load(catalog).dataset.log) == 5
    assert run_queries.interactions_since(None, catalog) == count


def test_looking_past_it_takes_no_query_of_its_own(
    catalog: Catalog, people: tuple, items: list[Item], django_assert_num_queries: Any
) -> None:
    exclude_reason(profile=people[0], item=items[0])
    with django_assert_num_queries(1):
        assert run_queries.read_interactions(catalog).filter(profile=people[1]).count() == 3


def test_what_was_trained_without_it_does_not_recommend_it_again(catalog: Catalog) -> None:
    camps, _people = two_camps(catalog)
    ann = make_profile(catalog, external_id="ann")
    for item in camps[:3]:
        make_interaction(ann, item)
    exclude_reason(profile=ann, item=camps[0])
    versions.promote(version=publish_by_hand(catalog, 1))
    found = recommend.recommend_for(ann, catalog=catalog, n=16)
    assert found.fallback is None
    shown = {card.item.pk for card in found.cards}
    assert shown
    assert not shown & {item.pk for item in camps[:3]}
