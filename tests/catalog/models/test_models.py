"""The database itself rejects invalid rows."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import ApiKey, Catalog, Interaction, Item, Profile
from tests.factories import (
    make_api_key,
    make_catalog,
    make_interaction,
    make_item,
    make_profile,
    make_user,
)


def test_the_dial_of_a_catalogue_is_in_order(db: None) -> None:
    for bounds in ({"tail_min": 0.5}, {"tail_max": 0.2}, {"tail_max": 1.5}, {"tail_min": -0.1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_catalog(**bounds)
    with pytest.raises(ValidationError, match="lowest"):
        Catalog(slug="x", name="X", tail_min=0.9).full_clean()


def test_the_dial_is_clamped_to_the_catalogues_bounds() -> None:
    catalog = Catalog(tail_min=0.1, tail_default=0.3, tail_max=0.7)
    assert [catalog.clamp_tail(tail) for tail in (None, 0.0, 0.5, 1.0)] == [0.3, 0.1, 0.5, 0.7]


def test_ids_are_unique_in_their_catalogue_only(catalog: Catalog) -> None:
    make_item(catalog, external_id="a")
    make_item(make_catalog(), external_id="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(catalog, external_id="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(catalog, external_id="")


def test_one_profile_for_an_id_and_for_an_account_and_many_without(catalog: Catalog) -> None:
    user = make_user()
    make_profile(catalog, external_id="ann")
    make_profile(catalog, user=user)
    for _turn in range(2):
        make_profile(catalog, external_id=None)
    for fields in ({"external_id": "ann"}, {"user": user}, {"external_id": ""}, {"tail": 1.1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_profile(catalog, **fields)
    assert Profile.objects.count() == 4


def test_an_interaction_has_its_value(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[0], event_id="e")
    for fields in (
        {"kind": "rate", "value": None},
        {"kind": "take", "event_id": ""},
        {"kind": "take", "event_id": "e"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_interaction(profile, items[1], **fields)
    assert Interaction.objects.count() == 1


def test_names_for_people(catalog: Catalog) -> None:
    assert str(make_item(catalog, title="", external_id="x")) == "x"
    assert str(make_profile(catalog, external_id="ann")) == "ann"
    assert str(make_profile(catalog, user=make_user(email="bob@example.com"))) == "bob@example.com"
    visit = make_profile(catalog, external_id=None)
    assert str(visit) == f"#{visit.pk}"


@pytest.mark.parametrize(("scope", "read", "write"), [("read", True, False), ("write", True, True)])
def test_a_key_opens_its_catalogue_only(
    catalog: Catalog, scope: str, read: bool, write: bool
) -> None:
    key, _secret = make_api_key(catalog, ApiKey.Scope(scope))
    assert (key.allows(catalog, writing=False), key.allows(catalog, writing=True)) == (read, write)
    assert not key.allows(make_catalog(), writing=False)
