from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog.models import ApiKey, Catalog
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_api_key

pytestmark = pytest.mark.django_db


def new_key(client: Client, catalog: Catalog) -> HttpResponse:
    return client.post(
        page_of("apikey_add"), {"name": "till", "catalog": catalog.pk, "scope": "read"}
    )


def test_a_new_keys_secret_is_shown_once_and_works(catalog: Catalog) -> None:
    owner = people.owner()
    response = new_key(owner, catalog)
    key, secret = ApiKey.objects.get(), response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert ApiKey.objects.get_from_key(secret) == key
    assert (key.catalog, key.scope) == (catalog, "read")
    for page in (
        page_of("apikey_changelist"),
        page_of("apikey_change", key.pk),
        reverse("admin:index"),
    ):
        assert secret not in owner.get(page).content.decode()


def test_a_key_is_revoked_after_a_confirmation(catalog: Catalog) -> None:
    key, secret = make_api_key(catalog)
    owner, address = people.owner(), page_of("apikey_revoke", key.pk)
    assert "lose access immediately" in owner.get(address).content.decode()
    assert ApiKey.objects.get_from_key(secret) == key
    owner.post(address)
    with pytest.raises(ApiKey.DoesNotExist):
        ApiKey.objects.get_from_key(secret)


def test_who_only_sees_keys_cannot_revoke_or_create_one(catalog: Catalog) -> None:
    key, _secret = make_api_key(catalog)
    seer = people.signed_in(people.with_permission("view_apikey", "view_catalog"))
    assert seer.get(page_of("apikey_change", key.pk)).status_code == 200
    assert seer.post(page_of("apikey_revoke", key.pk)).status_code == 403
    assert new_key(seer, catalog).status_code == 403
    key.refresh_from_db()
    assert not key.revoked
