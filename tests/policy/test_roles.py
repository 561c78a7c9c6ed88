"""Roles: given by administrators, for accounts of staff."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.policy.roles import create_roles
from catalog.models import Catalog, CatalogMember
from catalog.policy.paths import path_to_catalog
from catalog.policy.policy import allows
from recommender.models import HealthAnswers, Impression, ItemEnrichment
from tests import people
from tests.factories import make_catalog, make_user

pytestmark = pytest.mark.django_db


def administrator() -> tuple[object, object]:
    account = make_user(is_staff=True)
    account.groups.add(Group.objects.get(name="Administrator"))
    return account, people.signed_in(account)


def test_the_way_to_the_catalogue_is_found_through_keys_that_are_never_empty() -> None:
    assert path_to_catalog(Catalog) == "pk"
    assert path_to_catalog(HealthAnswers) == "profile__catalog"
    assert path_to_catalog(Impression) == "profile__catalog"
    assert path_to_catalog(ItemEnrichment) == "item__catalog"
    assert path_to_catalog(Group) is None


def test_administrators_have_the_permissions_of_new_models() -> None:
    Group.objects.get(name="Administrator").permissions.clear()
    create_roles()
    assert Group.objects.get(name="Administrator").permissions.count() == Permission.objects.count()


def test_a_role_needs_an_account_of_staff(catalog: Catalog) -> None:
    role = CatalogMember(catalog=catalog, user=make_user(), role="manager")
    with pytest.raises(ValidationError, match="is not staff"):
        role.full_clean()


def test_a_role_gives_nothing_once_the_account_is_no_staff(catalog: Catalog) -> None:
    account = make_user(is_staff=False)
    CatalogMember.objects.create(catalog=catalog, user=account, role="manager")
    assert not allows(account, "catalog.view_item", catalog)
    assert not account.has_perm("catalog.view_item", catalog)


def test_has_perm_of_django_gives_the_same_answer(catalog: Catalog) -> None:
    account = make_user(is_staff=True)
    CatalogMember.objects.create(catalog=catalog, user=account, role="analyst")
    assert account.has_perm("catalog.view_item", catalog)
    assert account.has_perm("catalog.view_item")
    assert not account.has_perm("catalog.change_item", catalog)
    assert not account.has_perm("catalog.view_item", make_catalog())


def form_of(account: object, **fields: object) -> dict[str, object]:
    return {
        "email": account.email, "is_active": "on", "is_staff": "on",
        "catalog_roles-TOTAL_FORMS": 0, "catalog_roles-INITIAL_FORMS": 0, **fields,
    }  # fmt: skip


def test_an_administrator_gives_roles_on_the_page_of_an_account(catalog: Catalog) -> None:
    _admin, client = administrator()
    account = make_user()
    response = client.post(
        reverse("admin:accounts_user_change", args=[account.pk]),
        form_of(
            account,
            **{
                "catalog_roles-TOTAL_FORMS": 1,
                "catalog_roles-0-catalog": catalog.pk,
                "catalog_roles-0-role": "manager",
            },
        ),
    )
    assert response.status_code == 302
    account.refresh_from_db()
    assert account.is_staff
    assert account.catalog_roles.get().role == "manager"


def test_an_administrator_does_not_become_a_superuser() -> None:
    account, client = administrator()
    client.post(
        reverse("admin:accounts_user_change", args=[account.pk]),
        form_of(account, is_superuser="on"),
    )
    account.refresh_from_db()
    assert not account.is_superuser


def test_a_manager_sees_who_works_in_the_catalogue_and_gives_no_roles(catalog: Catalog) -> None:
    account, other = make_user(is_staff=True), make_user(is_staff=True)
    for user, role in ((account, "manager"), (other, "analyst")):
        CatalogMember.objects.create(catalog=catalog, user=user, role=role)
    page = people.signed_in(account).get(reverse("admin:catalog_catalog_change", args=[catalog.pk]))
    assert other.email in page.content.decode()
    assert 'name="members-0-role"' not in page.content.decode()
