"""Single sign-on against a real provider: who gets in, who does not, and what is stored."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.second_factor.codes import set_up
from tests.accounts.sign_on.conftest import START, address_on
from tests.accounts.sign_on.oidc_server import FAULTS
from tests.factories import make_user

SIGNED_IN = "_auth_user_id"


def test_without_a_provider_there_is_no_button_and_no_page(client, db):
    for page in (reverse("account_login"), reverse("admin:login")):
        assert "oidc" not in client.get(page).content.decode()
    assert client.post(START).status_code == 404
    assert client.get(f"{START}callback/").status_code == 404


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Sign in with Example ID"), ("zh-hans", "使用 Example ID 登录")]
)
def test_both_sign_in_pages_have_the_button(client, provider, language, label):
    client.cookies["django_language"] = language
    for page in (reverse("account_login"), reverse("admin:login")):
        text = client.get(page, {"next": "/shop/"}).content.decode()
        assert label in text
        assert f'action="{START}?next=%2Fshop%2F"' in text


def test_a_new_person_gets_an_account_without_rights(provider):
    client = Client()
    assert provider.sign_on(client, then="/privacy/")["Location"] == "/privacy/"
    account = User.objects.get()
    assert client.session[SIGNED_IN] == str(account.pk)
    assert (account.email, account.is_staff) == ("ann@example.org", False)
    assert not account.has_usable_password()
    assert EmailAddress.objects.get().verified


def test_the_same_person_comes_back_to_the_same_account(provider):
    provider.sign_on()
    provider.next_is(email="ann.married@example.org")
    provider.sign_on()
    assert User.objects.get().email == "ann@example.org"


def test_little_is_stored(provider):
    provider.next_is(groups=["a"], name="Ann", phone_number="123", address={"street": "x"})
    provider.sign_on()
    assert SocialAccount.objects.get().extra_data == {"groups": ["a"]}
    assert not SocialToken.objects.exists()


def test_groups_and_address_may_come_from_userinfo(provider, settings):
    settings.OIDC_GROUPS_CLAIM = "realm.roles"
    provider.tells_userinfo(email="b@example.org", email_verified=True, realm={"roles": ["a"]})
    provider.sign_on()
    assert User.objects.get().email == "b@example.org"
    assert SocialAccount.objects.get().extra_data == {"groups": ["a"]}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_token_lets_nobody_in(provider, fault, caplog):
    provider.next_is(fault=fault)
    client = Client()
    answer = provider.sign_on(client)
    assert answer.status_code == 401
    assert "did not work" in answer.content.decode()
    assert SIGNED_IN not in client.session
    assert not User.objects.exists()
    assert "Single sign-on failed" in caplog.text
    assert "eyJ" not in caplog.text


def test_another_browsers_way_back_lets_nobody_in(provider):
    """The state of a sign-in belongs to the session that began it (login CSRF)."""
    thief, victim = Client(), Client()
    back = provider.authorize(address_on(thief.post(START)))
    victim.post(START)
    assert victim.get(back).status_code == 401
    assert SIGNED_IN not in victim.session


def test_a_way_back_works_once(provider):
    client = Client()
    back = provider.authorize(address_on(client.post(START)))
    assert client.get(back).status_code == 302
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 401


def test_a_code_of_another_sign_in_does_not_fit(provider):
    """PKCE: the provider gives no token for a code that another session asked for."""
    one, other = Client(), Client()
    codes = parse_qs(urlsplit(provider.authorize(address_on(other.post(START)))).query)
    mine = address_on(one.post(START))
    state = parse_qs(urlsplit(mine).query)["state"][0]
    answer = one.get(f"{START}callback/", {"code": codes["code"][0], "state": state})
    assert answer.status_code == 401
    assert SIGNED_IN not in one.session


def test_nobody_else_says_what_the_page_asks_for(provider):
    page = Client().post(f"{START}?auth_params=nonce%3Dx%26prompt%3Dnone&scope=all&process=connect")
    asked = parse_qs(urlsplit(address_on(page)).query)
    assert asked["nonce"] != ["x"]
    assert "prompt" not in asked
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


def test_the_way_there_begins_with_a_post_of_this_site(provider):
    assert Client().get(START)["Location"] == reverse("account_login")
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403


def test_nobody_is_sent_to_another_host(provider):
    assert provider.sign_on(then="https://elsewhere.example/")["Location"] == "/"


def test_a_provider_that_is_away_is_a_page(provider, settings, client):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.post(START)
    assert answer.status_code == 503
    assert "Example ID" in answer.content.decode()


def test_who_cancels_is_back_at_the_sign_in_page(provider, client):
    asked = parse_qs(urlsplit(address_on(client.post(START))).query)
    answer = client.get(f"{START}callback/", {"error": "access_denied", "state": asked["state"][0]})
    assert answer["Location"] == reverse("account_login")


# Accounts that exist


@pytest.mark.parametrize("verified", [False, "false", "true", None])
def test_an_unconfirmed_address_never_reaches_an_account(provider, verified):
    account = make_user(email="ann@example.org")
    provider.next_is(email_verified=verified)
    client = Client()
    answer = provider.sign_on(client)
    assert answer.status_code == 403
    assert "does not confirm" in answer.content.decode()
    assert SIGNED_IN not in client.session
    assert not SocialAccount.objects.exists()
    assert User.objects.get() == account


def test_a_confirmed_address_reaches_its_account(provider):
    account = make_user(email="ann@example.org")
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    provider.next_is(email="Ann@Example.org")
    provider.sign_on()
    assert SocialAccount.objects.get().user == account
    account.refresh_from_db()
    assert account.has_usable_password()


def test_who_registered_anothers_address_loses_the_account(provider):
    """Somebody may have signed up with an address before its owner came."""
    account = make_user(email="ann@example.org")
    set_up(account)
    thief = Client()
    thief.force_login(account)
    owner = Client()
    provider.sign_on(owner)
    assert owner.session[SIGNED_IN] == str(account.pk)
    account.refresh_from_db()
    assert not account.has_usable_password()
    assert SIGNED_IN not in thief.session or not thief.get("/privacy/").context["user"].pk


def test_without_an_address_there_is_no_account(provider):
    provider.next_is(email=None)
    answer = provider.sign_on()
    assert answer.status_code == 403
    assert "sent no email address" in answer.content.decode()


def test_an_inactive_account_stays_outside(provider):
    provider.sign_on()
    User.objects.update(is_active=False)
    client = Client()
    provider.sign_on(client)
    assert SIGNED_IN not in client.session


def test_two_providers_may_use_the_same_subject(provider):
    provider.sign_on()
    SocialAccount.objects.update(uid=SocialAccount.objects.get().uid.replace("127.0.0.1", "other"))
    provider.next_is(email="bob@example.org")
    provider.sign_on()
    assert User.objects.count() == 2


def test_nothing_can_be_connected_by_hand(provider, client):
    client.force_login(make_user())
    assert client.get("/accounts/3rdparty/").status_code == 404
    assert client.get("/accounts/3rdparty/signup/").status_code == 404


def test_a_sign_on_is_logged_and_ends_a_wait(provider, settings, caplog):
    settings.AXES_ENABLED = True
    caplog.set_level(logging.INFO, "accounts.sign_on")
    client = Client()
    wrong = {"login": "ann@example.org", "password": "wrong"}
    client.post(reverse("account_login"), wrong)
    assert AccessAttempt.objects.count() == 1
    provider.sign_on(client)
    assert AccessLog.objects.get().username == "ann@example.org"
    assert not AccessAttempt.objects.exists()
    assert f"Single sign-on of account {User.objects.get().pk}" in caplog.text
    assert "ann@example.org" not in [record.getMessage() for record in caplog.records]


def test_failed_sign_ons_are_no_wrong_passwords(provider, settings):
    settings.AXES_ENABLED = True
    provider.next_is(fault="nonce")
    for _ in range(6):
        provider.sign_on()
    assert not AccessAttempt.objects.exists()
