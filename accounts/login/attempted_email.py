"""The account that a sign-in attempt was for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

# The admin's form says "username", the pages' form "login", the authentication backends "email".
_NAMES = ("email", "username", "login")


def attempted_email(
    request: HttpRequest | None, credentials: dict[str, Any] | None = None
) -> str | None:
    """The address in lower case, so that failed attempts add up for every spelling and form."""
    for source in (credentials, getattr(request, "POST", None)):
        for name in _NAMES:
            if source and (text := str(source.get(name) or "").strip()):
                return text.lower()
    return None
