"""`Authorization: Api-Key …`"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.second_factor.required import is_missing
from catalog.models import ApiKey
from config.statements import Statement

KEYWORD = "Api-Key"


class ApiKeyAuthentication(BaseAuthentication):
    """Stores the key in ``request.auth``; a program has no account."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        keyword, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        key = usable_key(secret.strip())
        if key is None or key.has_expired:
            raise AuthenticationFailed(
                _("Authorization: the API key is unknown, revoked or expired.")
            )
        return AnonymousUser(), key  # type: ignore[return-value]

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class StaffSessionAuthentication(SessionAuthentication):
    """A session, which may use no right of staff while a required second factor is missing."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and is_missing(request._request):
            raise PermissionDenied(_("Set up two-step verification first: /accounts/2fa/"))
        return found


def usable_key(secret: str) -> ApiKey | None:
    """As ``ApiKey.objects.get_from_key``, whose query every request would build anew."""
    found = [key for key in _KEYS.instances(secret.partition(".")[0]) if key.is_valid(secret)]
    return found[0] if found else None


_KEYS = Statement(lambda prefix: ApiKey.objects.get_usable_keys().filter(prefix=prefix), str)


class StaffSessionScheme(SessionScheme):
    target_class = StaffSessionAuthentication  # type: ignore[assignment]


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{KEYWORD} <your key>`",
        }
