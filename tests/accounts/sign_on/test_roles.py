"""Groups of the provider give roles and take them; what was given by hand stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import SignOnRole, User
from accounts.sign_on import roles
from catalog.models import CatalogMember
from catalog.policy import policy
from tests.accounts.second_factor.codes import code_of, set_up
from tests.factories import make_catalog, make_user

ROLES = {
    "admins": ["superuser"],
    "office": ["administrator"],
    "shop-team": ["manager:shop"],
    "readers": ["analyst:shop", "analyst"],
    "lobby": ["staff"],
    "lost": ["manager:no-such-catalogue"],
}


@pytest.fixture(autouse=True)
def _mapping(settings):
    settings.OIDC_ROLES = ROLES


def signed_on(account: User, *groups: str) -> roles.Changes:
    changes = roles.apply(user=account, groups=groups)
    account.refresh_from_db()
    return changes


def stands(account: User) -> set[str]:
    """All that the account has, by name."""
    found = {f"{row.role}:{row.catalog.slug}" for row in CatalogMember.objects.filter(user=account)}
    found |= set(account.groups.values_list("name", flat=True))
    return found | {name for name in ("is_staff", "is_superuser") if getattr(account, name)}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("admins", {"is_staff", "is_superuser"}),
        ("office", {"is_staff", "Administrator"}),
        ("shop-team", {"is_staff", "manager:shop"}),
        ("readers", {"is_staff", "analyst:shop", "Viewer"}),
        ("lobby", {"is_staff"}),
        ("unknown", set()),
    ],
)
def test_a_group_gives_its_roles_and_takes_them_again(user, catalog, group, expected):
    signed_on(user, group)
    assert stands(user) == expected
    signed_on(user)
    assert stands(user) == set()
    assert not SignOnRole.objects.exists()


def test_roles_follow_the_groups_of_each_sign_in(user, catalog):
    assert signed_on(user, "shop-team").given == ["manager:shop", "staff"]
    changes = signed_on(user, "readers")
    assert (changes.given, changes.taken) == (["analyst", "analyst:shop"], ["manager:shop"])
    assert signed_on(user, "readers") == roles.Changes()


def test_the_stronger_role_counts(user, catalog):
    signed_on(user, "readers", "shop-team")
    assert "manager:shop" in stands(user)


def test_roles_by_hand_stay(user, catalog):
    other = make_catalog(slug="books")
    user.is_staff = True
    user.save()
    CatalogMember.objects.create(user=user, catalog=catalog, role="analyst")
    CatalogMember.objects.create(user=user, catalog=other, role="manager")
    user.groups.add(Group.objects.get(name="Viewer"))
    by_hand = stands(user)
    changes = signed_on(user, "shop-team", "readers")
    assert changes.not_given == ["manager:shop"]
    assert stands(user) == by_hand
    signed_on(user)
    assert stands(user) == by_hand


def test_staff_status_stays_while_a_role_by_hand_needs_it(user, catalog):
    signed_on(user, "lobby")
    CatalogMember.objects.create(user=user, catalog=catalog, role="analyst")
    signed_on(user)
    assert stands(user) == {"is_staff", "analyst:shop"}
    CatalogMember.objects.all().delete()
    signed_on(user)
    assert stands(user) == set()


def test_a_role_that_was_changed_by_hand_is_by_hand(user, catalog):
    signed_on(user, "readers")
    CatalogMember.objects.update(role="manager")
    assert signed_on(user, "readers").not_given == ["analyst:shop"]
    signed_on(user)
    assert stands(user) == {"is_staff", "manager:shop"}


def test_a_role_that_was_taken_by_hand_comes_back(user, catalog):
    """The provider decides; to keep somebody out, take the group there."""
    signed_on(user, "shop-team")
    CatalogMember.objects.all().delete()
    assert signed_on(user, "shop-team").given == ["manager:shop"]


def test_a_catalogue_that_does_not_exist_gives_nothing(user, catalog):
    changes = signed_on(user, "lost")
    assert changes.not_given == ["manager:no-such-catalogue"]
    assert stands(user) == {"is_staff"}


def test_other_accounts_are_not_touched(user, catalog):
    other = make_user(is_staff=True)
    signed_on(other, "shop-team")
    signed_on(user, "shop-team")
    signed_on(user)
    assert stands(other) == {"is_staff", "manager:shop"}


# The whole way


def test_a_sign_on_opens_the_admin_for_a_mapped_group_only(provider, catalog):
    provider.next_is(groups=["shop-team", "others"])
    client = Client()
    overview = reverse("admin:index")
    assert provider.sign_on(client, then=overview)["Location"] == overview
    assert client.get(overview).status_code == 200
    account = User.objects.get()
    assert policy.allows(account, "catalog.change_item", catalog)
    assert not policy.allows(account, "catalog.change_item", make_catalog())
    provider.next_is(groups=["others"])
    provider.sign_on(Client())
    assert client.get(overview).status_code == 302


def test_sessions_of_staff_by_sign_on_end_like_others(provider):
    provider.next_is(groups=["lobby"])
    client = Client()
    provider.sign_on(client)
    assert "staff_until" in client.session


def test_people_without_a_mapped_group_may_be_rejected(provider, settings):
    settings.OIDC_OTHERS = "refuse"
    client = Client()
    answer = provider.sign_on(client)
    assert answer.status_code == 403
    assert "none of your groups" in answer.content.decode()
    assert not User.objects.exists()


def test_who_is_rejected_loses_the_roles_first(provider, settings, catalog):
    settings.OIDC_OTHERS = "refuse"
    provider.next_is(groups=["shop-team"])
    client = Client()
    provider.sign_on(client)
    provider.next_is(groups=[])
    assert provider.sign_on(Client()).status_code == 403
    assert stands(User.objects.get()) == set()
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize(("exempt", "status"), [(True, 200), (False, 302)])
def test_staff_by_sign_on_may_be_exempt_from_two_steps(provider, settings, exempt, status):
    settings.STAFF_TOTP = "required"
    settings.STAFF_TOTP_EXEMPT_SSO = exempt
    provider.next_is(groups=["lobby"])
    client = Client()
    provider.sign_on(client)
    assert client.get(reverse("admin:index")).status_code == status


def test_who_switched_on_two_steps_is_asked_after_a_sign_on_too(provider):
    provider.sign_on()
    set_up(User.objects.get())
    client = Client()
    assert provider.sign_on(client)["Location"] == "/accounts/2fa/authenticate/"
    client.post("/accounts/2fa/authenticate/", {"code": code_of()})
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_the_one_account_can_be_erased_without_a_password(provider):
    client = Client()
    provider.sign_on(client)
    other = Client()
    provider.sign_on(other)
    page = {"what": "@account", "confirm": "on"}
    assert client.post("/privacy/erase/", page | {"address": "wrong"}).status_code == 400
    assert client.post("/privacy/erase/", page | {"address": "ANN@example.org"}).status_code == 302
    assert not User.objects.exists()
    assert "_auth_user_id" not in other.session
