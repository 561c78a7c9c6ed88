"""The provider of single sign-on: allauth's OpenID Connect, with every check of the standard."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache

from accounts.sign_on.tokens import TokenError, nonce_of, verified

WELL_KNOWN = "/.well-known/openid-configuration"
CONFIGURATION_SECONDS = 300
"""How long the provider's description of itself is kept; its keys are asked for every time."""

UID_LENGTH = SocialAccount._meta.get_field("uid").max_length or 0
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class SignOnAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider."""

    nonce = ""

    def get_provider(self) -> SignOnProvider:
        app = get_adapter().get_app(self.request, provider=self.provider_id)
        return SignOnProvider(self.request, app=app)

    @property
    def openid_config(self) -> dict[str, Any]:
        url = self.get_provider().app.settings["server_url"]
        key = f"sign-on:{url}"
        if (found := cache.get(key)) is None:
            found = self._read(f"{url}{WELL_KNOWN}")
            if missing := [name for name in NEEDED if not found.get(name)]:
                raise TokenError(f"the provider's configuration has no {', '.join(missing)}")
            if str(found["issuer"]).rstrip("/") != url:
                raise TokenError("the provider's configuration is of another issuer")
            cache.set(key, found, CONFIGURATION_SECONDS)
        return found

    def get_access_token_data(
        self, request: Any, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self.nonce = nonce_of(pkce_code_verifier) if pkce_code_verifier else ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(self, request: Any, app: Any, token: Any, **more: Any) -> SocialLogin:
        claims = verified(
            more["response"].get("id_token"),
            keys=self._read(self.openid_config["jwks_uri"]),
            issuer=self.openid_config["issuer"],
            client=app.client_id,
            nonce=self.nonce,
        )
        if self.openid_config.get("userinfo_endpoint"):
            about = self._fetch_user_info(token.token)
            if not hmac.compare_digest(str(about.get("sub")).encode(), str(claims["sub"]).encode()):
                raise TokenError("the provider told of another person than its ID token")
            claims = {**about, **claims}
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _read(self, address: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address)
            answer.raise_for_status()
            found = answer.json()
        if not isinstance(found, dict):
            raise TokenError("the provider answered with something that is no JSON object")
        return found


class SignOnProvider(OpenIDConnectProvider):
    oauth2_adapter_class = SignOnAdapter

    def get_pkce_params(self) -> dict[str, Any]:
        found = super().get_pkce_params()
        return {**found, "nonce": nonce_of(found["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Issuer and subject: a subject alone may be another person at another provider."""
        claims = data["id_token"]
        name = f"{claims['iss']} {claims['sub']}"
        return name if len(name) <= UID_LENGTH else hashlib.sha256(name.encode()).hexdigest()

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Only ``true`` confirms an address; the text "false" is true for Python."""
        found = super().extract_email_addresses(data)
        for address in found:
            address.verified = address.verified is True
        return found

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """All that is stored of the claims: the groups."""
        return {"groups": groups_in(data["id_token"])}


def groups_in(claims: dict[str, Any]) -> list[str]:
    """The groups of ``OIDC_GROUPS_CLAIM``, which may be a path: ``realm_access.roles``."""
    name = settings.OIDC_GROUPS_CLAIM
    found: Any = claims.get(name)
    if found is None and "." in name:
        found = claims
        for step in name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
    found = [found] if isinstance(found, str) else found
    return [group for group in found if isinstance(group, str)] if isinstance(found, list) else []
