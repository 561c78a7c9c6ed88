"""ID tokens of OpenID Connect: what must hold before a token is believed.

allauth leaves the signature out when a token comes straight from the provider, and knows no nonce.
Both are checked here, with PyJWT.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

#: Signatures by a key of the provider; none, and none that is made with a shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60
"""Seconds that the two clocks may differ."""

REQUIRED = ["iss", "sub", "aud", "exp", "iat"]


class TokenError(OAuth2Error):
    """A token that is not believed; the text says why and holds nothing of the token."""


def nonce_of(verifier: str) -> str:
    """The nonce of a sign-in: only this browser's session has the verifier that it is made of."""
    digest = hashlib.sha256(f"nonce {verifier}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def verified(
    token: Any, *, keys: Mapping[str, Any], issuer: str, client: str, nonce: str
) -> dict[str, Any]:
    """The claims of an ID token.

    Args:
        keys: the provider's JWK set.
        nonce: what this sign-in sent.

    Raises:
        TokenError: wrong signature, issuer, audience, time or nonce, or a claim is missing.
    """
    if not isinstance(token, str) or not nonce:
        raise TokenError("no ID token")
    try:
        claims = jwt.decode(
            token,
            key=_key_of(token, keys),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise TokenError(f"ID token refused: {type(error).__name__}") from error
    if claims.get("azp", client) != client:
        raise TokenError("ID token refused: it is for another client (azp)")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TokenError("ID token refused: the nonce is not this sign-in's")
    return claims


def _key_of(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    """The key that the token names; the only key for a token that names none."""
    found = jwt.PyJWKSet.from_dict(dict(keys)).keys
    named = jwt.get_unverified_header(token).get("kid")
    fitting = [key for key in found if named is None or key.key_id == named]
    if len(fitting) != 1:
        raise TokenError("ID token refused: its key is not among the provider's")
    return fitting[0]
