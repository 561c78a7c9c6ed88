"""Two-step verification: every way to sign in asks for the code."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import Limit
from tests import people
from tests.accounts.second_factor.codes import SECRET, code_of, set_up, wrong_code
from tests.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db

SIGNED_IN = "_auth_user_id"
CODE = "/accounts/2fa/authenticate/"
ADMIN = "/admin/"


@pytest.fixture
def clock_stands():
    """However slow the machine is, no second passes."""
    stands = now()
    with (
        mock.patch("accounts.login.slow_down.now", return_value=stands),
        mock.patch("axes.handlers.proxy.now", return_value=stands),
    ):
        yield


def password(client, account, page="account_login", **query):
    field = "username" if page == "admin:login" else "login"
    address = reverse(page) + "".join(f"?{name}={value}" for name, value in query.items())
    return client.post(address, {field: account.email, "password": PASSWORD})


@pytest.mark.parametrize("page", ["account_login", "admin:login"])
def test_the_password_alone_opens_nothing(client, staff, page):
    set_up(staff)
    assert password(client, staff, page)["Location"] == CODE
    assert SIGNED_IN not in client.session
    assert client.get(ADMIN).status_code == 302
    assert client.post(CODE, {"code": wrong_code()}).status_code == 200
    assert SIGNED_IN not in client.session


def test_the_code_leads_on_to_the_page_that_was_wanted(client, staff):
    set_up(staff)
    password(client, staff, "admin:login", next="/admin/catalog/item/")
    assert client.post(CODE, {"code": code_of()})["Location"] == "/admin/catalog/item/"
    assert client.get(ADMIN).status_code == 200


def test_without_it_the_password_is_enough(client, user):
    assert password(client, user)["Location"] == "/"
    assert client.session[SIGNED_IN] == str(user.pk)


def test_a_code_works_once_and_its_mark_needs_no_redis(client, user):
    set_up(user)
    code = code_of()
    password(client, user)
    client.post(CODE, {"code": code})
    assert client.session[SIGNED_IN] == str(user.pk)
    other = Client()
    password(other, user)
    other.post(CODE, {"code": code})
    assert SIGNED_IN not in other.session
    assert Limit.objects.filter(cache_key__contains="totp.used").exists()


def test_a_recovery_code_works_once(client, user):
    codes = set_up(user)
    password(client, user)
    client.post(CODE, {"code": codes[3]})
    assert client.session[SIGNED_IN] == str(user.pk)
    other = Client()
    password(other, user)
    other.post(CODE, {"code": codes[3]})
    assert SIGNED_IN not in other.session


@pytest.mark.usefixtures("clock_stands")
def test_wrong_codes_slow_down_as_wrong_passwords_do(client, user, settings):
    settings.AXES_ENABLED = True
    set_up(user)
    password(client, user)
    for _ in range(5):
        assert "Too many" not in client.post(CODE, {"code": wrong_code()}).content.decode()
    answer = client.post(CODE, {"code": code_of()}).content.decode()
    assert "Too many wrong codes. Try again in" in answer
    assert SIGNED_IN not in client.session
    call_command("unlock", user.email, verbosity=0)
    client.post(CODE, {"code": code_of()})
    assert client.session[SIGNED_IN] == str(user.pk)


@pytest.mark.usefixtures("clock_stands")
def test_a_stolen_session_cannot_guess_the_code_either(client, user, settings):
    """Switching it off asks for a code again, and slows down."""
    settings.AXES_ENABLED = True
    set_up(user)
    client.force_login(user)
    page = "/accounts/2fa/reauthenticate/"
    for _ in range(5):
        client.post(page, {"code": wrong_code()})
    assert "Too many wrong codes" in client.post(page, {"code": code_of()}).content.decode()


# Secrets


def test_secrets_are_encrypted_in_the_database(user, settings):
    codes = set_up(user)
    stored = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert not [code for code in codes if code in stored]


def test_with_another_secret_key_nobody_gets_in_and_the_page_says_why(client, user, settings):
    set_up(user)
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    password(client, user)
    assert "SECRET_KEY has changed" in client.post(CODE, {"code": code_of()}).content.decode()
    assert SIGNED_IN not in client.session
    settings.SECRET_KEY_FALLBACKS = [before]
    client.post(CODE, {"code": code_of()})
    assert client.session[SIGNED_IN] == str(user.pk)


def test_the_admin_shows_that_it_is_on_and_no_secret(staff, user):
    set_up(user)
    row = Authenticator.objects.filter(type="totp").get()
    client = people.signed_in(staff)
    for page in ("/admin/mfa/authenticator/", f"/admin/mfa/authenticator/{row.pk}/change/"):
        text = client.get(page).content.decode()
        assert user.email in text
        assert row.data["secret"] not in text


def test_the_one_who_runs_the_site_removes_it(user, capsys):
    set_up(user)
    call_command("unlock", user.email.upper(), second_factor=True)
    assert "Removed: 2 rows" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="EMAIL: there is no account"):
        call_command("unlock", "nobody@example.org", second_factor=True)


# Setting it up


def confirm_password(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up_by_page(client):
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)[1]
    return client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})


def test_anybody_may_switch_it_on_and_off(client, user):
    client.force_login(user)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 302
    confirm_password(client)
    assert set_up_by_page(client)["Location"] == "/accounts/2fa/recovery-codes/"
    assert len(re.findall(r"<code>\d{8}</code>", recovery_page(client))) == 10
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(("verification", "status"), [("none", 200), ("mandatory", 302)])
def test_an_unconfirmed_address_waits_only_where_it_can_be_confirmed(
    client, user, settings, verification, status
):
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = verification == "none"
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    client.force_login(user)
    confirm_password(client)
    assert client.get("/accounts/2fa/totp/activate/").status_code == status


def recovery_page(client):
    return client.get("/accounts/2fa/recovery-codes/").content.decode()


# STAFF_TOTP=required


@pytest.fixture
def required(settings):
    settings.STAFF_TOTP = "required"


@pytest.mark.usefixtures("required")
def test_staff_set_it_up_before_the_admin_opens(client, staff):
    assert password(client, staff, "admin:login")["Location"] == ADMIN
    for page in (ADMIN, "/admin/catalog/item/"):
        assert client.get(page)["Location"] == "/accounts/2fa/totp/activate/"
    confirm_password(client)
    set_up_by_page(client)
    assert client.get(ADMIN).status_code == 200


@pytest.mark.usefixtures("required")
def test_until_then_the_api_is_closed_for_their_session(client, staff, catalog):
    client.force_login(staff)
    address = f"/api/v1/catalogs/{catalog.slug}/items"
    answer = client.get(address)
    assert answer.status_code == 403
    assert "two-step verification" in answer.content.decode()
    set_up(staff)
    assert client.get(address).status_code == 200


@pytest.mark.usefixtures("required")
def test_staff_cannot_switch_it_off(client, staff):
    set_up(staff)
    client.force_login(staff)
    client.post("/accounts/2fa/reauthenticate/", {"code": code_of()})
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert answer.status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.usefixtures("required")
def test_other_people_are_not_asked(client, user):
    client.force_login(user)
    assert client.get("/privacy/").status_code == 200


def test_it_is_optional_by_default(client):
    client.force_login(make_staff())
    assert client.get(ADMIN).status_code == 200
