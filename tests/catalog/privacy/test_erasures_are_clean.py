"""Whoever is erased through the product is nowhere afterwards: the audit says so."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from accounts.models import SignOnRole, User
from catalog.models import Profile
from recommender.models import Impression, InterestText
from tests import people
from tests.accounts.second_factor.codes import set_up
from tests.api_clients import Program
from tests.catalog.privacy.conftest import ANN, Audit
from tests.factories import (
    PASSWORD,
    make_api_key,
    make_interaction,
    make_profile,
    make_staff,
    make_user,
)

EMAIL = "ann.erased@example.org"


@pytest.fixture(autouse=True)
def _sign_ins_count(settings):
    settings.AXES_ENABLED = True


def fill(profile: Profile, items) -> None:
    make_interaction(profile, items[0], "take", value=2, event_id=f"order-of-{profile.pk}")
    make_interaction(profile, items[1], "rate", value=4.5)
    InterestText.objects.create(profile=profile, text=f"I am {ANN}", language="en", words=[])
    Impression.objects.create(profile=profile, item=items[2], surface="for_you", position=1)


@pytest.fixture
def live(live_version):
    """A live model, so that artifacts are looked at, too."""
    return live_version


def test_a_program_erases_a_person(catalog, items, live):
    profile = make_profile(catalog, external_id=ANN)
    fill(profile, items)
    client = people.signed_in(make_staff())
    change = reverse("admin:catalog_profile_change", args=[profile.pk])
    client.post(change, {"external_id": ANN, "personal": "on", "catalog": catalog.pk})
    before = Audit(ANN)
    assert before.code == 1
    assert {"table catalog_profile", "table recommender_interesttext"} <= set(before.where())
    Program(catalog, make_api_key(catalog)[1]).delete(f"profiles/{ANN}")
    after = Audit(ANN)
    assert after.where() == {}
    assert after.code == 0


def test_staff_erase_a_person(catalog, items):
    profile = make_profile(catalog, external_id=ANN)
    fill(profile, items)
    delete = reverse("admin:catalog_profile_delete", args=[profile.pk])
    people.signed_in(make_staff()).post(delete, {"post": "yes"})
    assert not Profile.objects.exists()
    assert Audit(ANN).where() == {}


def test_people_erase_their_account(catalog, items):
    account = make_user(email=EMAIL)
    EmailAddress.objects.create(user=account, email=EMAIL, verified=True, primary=True)
    SocialAccount.objects.create(
        user=account, provider="sso", uid=EMAIL, extra_data={"groups": [EMAIL]}
    )
    SignOnRole.objects.create(user=account, role="staff")
    fill(make_profile(catalog, user=account, external_id=ANN), items)
    sign_in(Client(), "wrong")
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser, PASSWORD)
    set_up(account)
    found = set(Audit(ANN, account=[EMAIL]).where())
    assert {
        "table accounts_user", "table account_emailaddress", "table axes_accesslog",
        "table socialaccount_socialaccount", "sessions, unpacked", "table catalog_profile",
    } <= found  # fmt: skip
    page = {"what": "@account", "confirm": "on", "password": PASSWORD}
    browsers[0].post("/privacy/erase/", page)
    assert not User.objects.filter(email=EMAIL).exists()
    assert Audit(ANN, account=[EMAIL]).where() == {}
    assert "_auth_user_id" not in browsers[1].session


def sign_in(client: Client, password: str) -> None:
    client.post(reverse("account_login"), {"login": EMAIL, "password": password})
