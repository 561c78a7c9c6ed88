"""A signed cookie that says: this browser signed in to that account before."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE, SALT = "browser", "accounts.login.known_browser"
SECONDS = 180 * 86_400


def browser_of(request: HttpRequest, email: str) -> str:
    """The browser's own random name, if it signed in to this account before; else empty."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
        account, name = str(value[0]), str(value[1])
    except (signing.BadSignature, ValueError, TypeError, LookupError):
        return ""
    return name if secrets.compare_digest(account, _account(email)) else ""


def _account(email: str) -> str:
    return salted_hmac(SALT, email.lower()).hexdigest()[:32]


@receiver(user_logged_in)
def remember(sender: object, request: HttpRequest | None, user: Any, **_more: Any) -> None:
    if request is not None:
        request.signed_in_email = user.get_username()  # type: ignore[attr-defined]


class KnownBrowser:
    """Middleware: gives the cookie to a browser that has just signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        email = getattr(request, "signed_in_email", "")
        if email and not browser_of(request, email):
            value = signing.dumps([_account(email), secrets.token_hex(8)], salt=SALT)
            response.set_cookie(  # type: ignore[attr-defined]
                COOKIE,
                value,
                max_age=SECONDS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
