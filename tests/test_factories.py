from __future__ import annotations

import pytest

from catalog.models import ApiKey, Catalog, Item, Profile
from tests.factories import make_api_key, make_interaction, make_item


def test_an_item_has_its_categories_in_order(catalog: Catalog) -> None:
    assert make_item(catalog, categories=["Mugs", "Gifts", "A"]).category_names == [
        "Mugs",
        "Gifts",
        "A",
    ]


@pytest.mark.django_db
def test_a_key_opens_with_its_secret(catalog: Catalog) -> None:
    key, secret = make_api_key(catalog, ApiKey.Scope.READ)
    assert ApiKey.objects.get_from_key(secret) == key
    assert not key.allows(catalog, writing=True)


def test_an_interaction_belongs_to_the_catalogue_of_its_item(
    profile: Profile, items: list[Item]
) -> None:
    assert make_interaction(profile, items[0], "rate").catalog_id == items[0].catalog_id
