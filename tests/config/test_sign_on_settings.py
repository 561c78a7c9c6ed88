"""Settings of single sign-on: a wrong one stops the start and is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.settings_anew import settings_anew

SET = {"OIDC_URL": "https://id.example.org/realms/shop/", "OIDC_CLIENT_ID": "longtail"}


@pytest.fixture
def started(monkeypatch, tmp_path):
    def start(**variables: str) -> Any:
        return settings_anew(monkeypatch, "config.settings.local", variables, tmp_path)

    return start


def test_it_is_off_by_default(started):
    assert started().SOCIALACCOUNT_PROVIDERS == {}


def test_the_provider_is_set_up_from_the_environment(started):
    settings = started(
        **SET, OIDC_CLIENT_SECRET="s3cret", OIDC_NAME="Office", OIDC_SCOPES="email,groups"
    )
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    assert (app["client_id"], app["secret"], app["name"]) == ("longtail", "s3cret", "Office")
    assert app["settings"]["server_url"] == "https://id.example.org/realms/shop"
    assert app["settings"]["scope"] == ["openid", "email", "groups"]
    assert app["settings"]["oauth_pkce_enabled"]


def test_the_address_of_the_description_is_the_providers(started):
    url = "https://id.example.org/.well-known/openid-configuration"
    (app,) = started(**(SET | {"OIDC_URL": url})).SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://id.example.org"


def test_a_provider_needs_our_name_there(started):
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID"):
        started(OIDC_URL=SET["OIDC_URL"])


@pytest.mark.parametrize("url", ["http://id.example.org", "id.example.org", "ftp://id.example.org"])
def test_a_provider_is_reached_encrypted(started, url):
    with pytest.raises(ImproperlyConfigured, match="OIDC_URL"):
        started(OIDC_URL=url, OIDC_CLIENT_ID="x")


def test_roles_are_lists_or_one(started):
    roles = started(OIDC_ROLES='{"it": "superuser", "shop": ["manager:shop", "analyst"]}')
    assert roles.OIDC_ROLES == {"it": ["superuser"], "shop": ["manager:shop", "analyst"]}


@pytest.mark.parametrize(
    "table",
    ["it=superuser", '["it"]', '{"it": "root"}', '{"it": 5}', '{"it": ["superuser:shop"]}', "{"],
)
def test_wrong_roles_are_named(started, table):
    with pytest.raises(ImproperlyConfigured, match="OIDC_ROLES"):
        started(OIDC_ROLES=table)


def test_other_settings_are_checked(started):
    for name in ("OIDC_OTHERS", "STAFF_TOTP", "STAFF_TOTP_EXEMPT_SSO"):
        with pytest.raises(ImproperlyConfigured, match=name):
            started(**{name: "maybe"})


def test_two_steps_wait_for_a_confirmed_address_only_with_mail(started):
    assert started().MFA_ALLOW_UNVERIFIED_EMAIL
    assert not started(EMAIL_URL="smtp://mail.example.org").MFA_ALLOW_UNVERIFIED_EMAIL
