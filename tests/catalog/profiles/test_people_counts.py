"""Fault 11: who only looked around is no person of a count."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.models import Catalog, Item, Profile, SuspectProfile
from catalog.profiles.people_counts import people_by_catalog
from tests.factories import make_catalog, make_interaction, make_profile


def test_a_visitor_is_a_person_from_the_first_act_on(catalog: Catalog, items: list[Item]) -> None:
    visitor = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/130.0")
    visitor.get(items[0].get_absolute_url())
    assert Profile.objects.count() == 1
    assert people_by_catalog([catalog]) == {}
    visitor.post(f"/c/{catalog.slug}/items/{items[0].pk}/act/", {"kind": "like"})
    assert people_by_catalog([catalog]) == {catalog.pk: 1}


@pytest.mark.parametrize("kind", ["dislike", "save", "add_to_cart"])
def test_each_act_but_looking_counts(catalog: Catalog, items: list[Item], kind: str) -> None:
    visitor = Profile.objects.create(catalog=catalog)
    for looked in ("view", "click"):
        make_interaction(visitor, items[0], looked)
    assert people_by_catalog([catalog]) == {}
    make_interaction(visitor, items[0], kind)
    assert people_by_catalog([catalog]) == {catalog.pk: 1}


def test_accounts_and_the_owners_people_count_at_once_and_programs_never(
    catalog: Catalog, items: list[Item]
) -> None:
    other = make_catalog()
    Profile.objects.create(catalog=catalog, external_id="u1")
    program = make_profile(other)
    make_interaction(program, items[0], "like")
    SuspectProfile.objects.create(profile=program, reason="agent")
    assert people_by_catalog([catalog, other]) == {catalog.pk: 1}
