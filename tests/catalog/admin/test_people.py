from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.admin import listing
from catalog.models import Interaction, Item, Profile
from catalog.models.event_kinds import Kind
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_interaction, make_profile

pytestmark = pytest.mark.django_db


def test_a_log_entry_is_found_by_whole_ids_only(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[0], event_id="e-1")
    make_interaction(make_profile(profile.catalog, external_id="bob"), items[1])
    owner = people.owner()
    for text in ("ann", items[0].external_id, "e-1"):
        result = owner.get(page_of("interaction_changelist"), {"q": text}).context["cl"].result_list
        assert [row.item_id for row in result] == [items[0].pk]
    assert not owner.get(page_of("interaction_changelist"), {"q": "an"}).context["cl"].result_list


def test_the_log_is_counted_up_to_the_limit(
    monkeypatch: pytest.MonkeyPatch, profile: Profile, items: list[Item]
) -> None:
    monkeypatch.setattr(listing, "MAX_COUNTED", 4)
    for item in items:
        make_interaction(profile, item)
    changes = people.owner().get(page_of("interaction_changelist")).context["cl"]
    assert changes.result_count == 4
    assert changes.full_result_count is None


def test_queries_of_the_log_do_not_grow(
    profile: Profile,
    items: list[Item],
    django_assert_max_num_queries: Callable[[int], DjangoAssertNumQueries],
) -> None:
    for item in items:
        make_interaction(make_profile(profile.catalog), item)
    viewer = people.viewer()
    with django_assert_max_num_queries(10):
        viewer.get(page_of("interaction_changelist"))


def test_a_profile_shows_the_latest_events(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[2], kind=Kind.SAVE)
    page = people.viewer().get(page_of("profile_change", profile.pk)).content.decode()
    assert "Green Mug" in page
    assert "saved" in page


def test_deleting_a_profile_in_the_admin_deletes_its_events(
    profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0])
    people.owner().post(page_of("profile_delete", profile.pk), {"post": "yes"})
    assert not Interaction.objects.exists()
    assert Item.objects.count() == len(items)
