"""Case 49: what a person supplies is not recommended to them, without an opinion."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Catalog, Item
from catalog.profiles.reading import own_items
from recommender.models import ModelVersion
from recommender.training import versions
from tests.api_clients import Program, writer
from tests.factories import make_profile
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def supply(item_id: str, provider: str) -> None:
    Item.objects.filter(external_id=item_id).update(provider=provider)


def test_own_items_are_left_out_where_providers_are_people(api: Program, catalog: Catalog) -> None:
    before = ids(api.get("recommendations", user_id="person-0", n=5))
    supply(before[0], "person-0")
    assert before[0] in ids(api.get("recommendations", user_id="person-0", n=5))
    Catalog.objects.filter(pk=catalog.pk).update(provider_is_user=True)
    after = ids(api.get("recommendations", user_id="person-0", n=5))
    assert before[0] not in after
    assert len(after) == 5
    assert before[0] in ids(api.get("recommendations", user_id="person-2", n=16))
    assert before[0] not in ids(api.get("items/mug-red/similar", user_id="person-0", n=16))


def test_an_accounts_address_counts_in_any_case(catalog: Catalog, user: User) -> None:
    catalog.provider_is_user = True
    profile = make_profile(catalog, user=user)
    item = Item.objects.create(catalog=catalog, external_id="a", provider=user.email.upper())
    assert own_items(profile, catalog) == {item.pk}
    assert own_items(None, catalog) == frozenset()


def test_how_lists_are_made_says_it(api: Program, client: Client, catalog: Catalog, staff) -> None:
    Catalog.objects.filter(pk=catalog.pk).update(provider_is_user=True)
    page = client.get(f"/c/{catalog.slug}/how/").content.decode()
    assert "What you supply yourself" in page
