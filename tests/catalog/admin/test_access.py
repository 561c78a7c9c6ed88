"""Who sees which page of the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Catalog, Item, Profile
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_api_key, make_interaction

pytestmark = pytest.mark.django_db

MODELS = ("catalog", "item", "category", "profile", "interaction", "apikey")


@pytest.fixture
def rows(items: list[Item], profile: Profile, catalog: Catalog) -> dict[str, object]:
    """One row of every model of the catalogue."""
    return {
        "catalog": catalog.pk,
        "item": items[0].pk,
        "category": catalog.categories.first().pk,
        "profile": profile.pk,
        "interaction": make_interaction(profile, items[0]).pk,
        "apikey": make_api_key(catalog)[0].pk,
    }


@pytest.mark.parametrize("model", MODELS)
def test_the_owner_opens_every_page(model: str, rows: dict[str, object]) -> None:
    owner = people.owner()
    assert owner.get(page_of(f"{model}_changelist")).status_code == 200
    assert owner.get(page_of(f"{model}_change", rows[model])).status_code == 200
    adding = owner.get(page_of(f"{model}_add")).status_code
    assert adding == (403 if model == "interaction" else 200)


@pytest.mark.parametrize("model", MODELS)
def test_the_manager_opens_every_page_too(model: str, rows: dict[str, object]) -> None:
    assert people.manager().get(page_of(f"{model}_changelist")).status_code == 200
    assert people.manager().get(page_of(f"{model}_change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_the_viewer_cannot_change_anything(model: str, rows: dict[str, object]) -> None:
    viewer, hidden = people.viewer(), model == "apikey"
    assert viewer.get(page_of(f"{model}_changelist")).status_code == (403 if hidden else 200)
    assert viewer.get(page_of(f"{model}_change", rows[model])).status_code == (
        403 if hidden else 200
    )
    assert viewer.post(page_of(f"{model}_change", rows[model]), {"name": "mine"}).status_code == 403
    assert viewer.post(page_of(f"{model}_delete", rows[model]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_the_stranger_is_sent_to_sign_in(model: str, rows: dict[str, object]) -> None:
    response = people.stranger().get(page_of(f"{model}_changelist"))
    assert response.status_code == 302
    assert reverse("admin:login") in response["Location"]
