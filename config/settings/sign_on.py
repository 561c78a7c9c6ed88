"""Single sign-on by OpenID Connect, and the second factor: `OIDC_…`, `STAFF_TOTP…`.

https://docs.allauth.org/en/latest/socialaccount/providers/openid_connect.html
https://docs.allauth.org/en/latest/mfa/configuration.html
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env

PROVIDER = "sso"
"""The provider in our addresses: ``/accounts/oidc/sso/login/callback/``."""


def providers(
    url: str, client: str, secret: str, name: str, scopes: list[str] | None = None
) -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS for one provider; none without an address."""
    if not url:
        return {}
    if not client:
        raise ImproperlyConfigured("OIDC_URL needs OIDC_CLIENT_ID, which is not set")
    settings = {
        "server_url": url,
        "oauth_pkce_enabled": True,
        "email_authentication": True,  # for confirmed addresses only
        "scope": list(dict.fromkeys(["openid", *(scopes or ["profile", "email"])])),
    }
    app = {
        "provider_id": PROVIDER,
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": settings,
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = providers(
    env.issuer("OIDC_URL", ""),
    env.text("OIDC_CLIENT_ID", ""),
    env.secret("OIDC_CLIENT_SECRET", ""),
    env.text("OIDC_NAME", "OpenID Connect"),
    env.words("OIDC_SCOPES", ["openid", "profile", "email"]),
)
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_ROLES = env.sign_on_roles("OIDC_ROLES")
OIDC_OTHERS = env.choice("OIDC_OTHERS", "people", ("people", "refuse"))
STAFF_TOTP = env.choice("STAFF_TOTP", "optional", ("optional", "required"))
STAFF_TOTP_EXEMPT_SSO = env.flag("STAFF_TOTP_EXEMPT_SSO", False)
