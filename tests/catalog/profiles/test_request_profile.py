from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from catalog.models import Catalog, Item, Profile
from catalog.profiles.request_profile import SESSION_KEY, profile_of
from tests.factories import PASSWORD, make_catalog, make_interaction, make_profile, make_user


def make_request(user=None, session=None):
    request = RequestFactory().get("/")
    request.user, request.session = (
        user or AnonymousUser(),
        SessionStore() if session is None else session,
    )
    return request


def remember(client: Client, profile: Profile) -> None:
    session = client.session
    session[SESSION_KEY] = {str(profile.catalog_id): profile.pk}
    session.save()


def test_reading_creates_no_profile(catalog: Catalog, user: User) -> None:
    assert profile_of(make_request(), catalog) is None
    assert profile_of(make_request(user), catalog) is None
    assert not Profile.objects.exists()


def test_a_visit_has_one_profile_for_each_catalogue(catalog: Catalog) -> None:
    request, other = make_request(), make_catalog()
    first = profile_of(request, catalog, create=True)
    assert profile_of(request, catalog, create=True) == first
    assert profile_of(request, other) is None
    assert profile_of(request, other, create=True) != first
    assert profile_of(make_request(session=request.session), catalog) == first


def test_an_account_has_one_profile_in_a_catalogue(catalog: Catalog, user: User) -> None:
    first = profile_of(make_request(user), catalog, create=True)
    assert profile_of(make_request(user), catalog, create=True) == first
    assert first.user == user


def test_a_session_cannot_use_an_accounts_profile(catalog: Catalog, user: User) -> None:
    request = make_request()
    request.session[SESSION_KEY] = {str(catalog.pk): make_profile(catalog, user=user).pk}
    assert profile_of(request, catalog) is None


def test_a_visitors_events_stay_at_sign_up(
    client: Client, catalog: Catalog, items: list[Item]
) -> None:
    visit = make_profile(catalog, external_id=None)
    make_interaction(visit, items[0])
    remember(client, visit)
    client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD})
    assert Profile.objects.get(user__email="new@example.com").interactions.get().item == items[0]
    assert SESSION_KEY not in client.session


def test_a_visitors_events_are_merged_at_sign_in(
    client: Client, catalog: Catalog, items: list[Item]
) -> None:
    user = make_user(email="old@example.com")
    own, visit = make_profile(catalog, user=user), make_profile(catalog, external_id=None)
    make_interaction(visit, items[0])
    remember(client, visit)
    client.post(reverse("account_login"), {"login": "old@example.com", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert own.interactions.get().item == items[0]
    assert not Profile.objects.filter(pk=visit.pk).exists()


def test_a_deleted_profile_does_not_stop_the_sign_in(
    client: Client, catalog: Catalog, user: User
) -> None:
    visit = make_profile(catalog, external_id=None)
    remember(client, visit)
    visit.delete()
    client.force_login(user)
    assert not Profile.objects.exists()


@pytest.mark.parametrize("owned", [{"external_id": "of-a-program"}, {"user": "somebody"}])
def test_only_anonymous_profiles_are_claimed(
    client: Client, catalog: Catalog, user: User, owned: dict
) -> None:
    fields = {"user": make_user()} if "user" in owned else owned
    other = make_profile(catalog, **fields)
    remember(client, other)
    client.force_login(user)
    assert not Profile.objects.filter(user=user).exists()
