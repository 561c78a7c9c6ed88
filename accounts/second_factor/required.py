"""STAFF_TOTP=required: staff set up a second factor before the admin opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


def is_required(user: Any) -> bool:
    return settings.STAFF_TOTP == "required" and user.is_authenticated and user.is_staff


def is_missing(request: HttpRequest) -> bool:
    """Whether this account may not yet use the rights of staff."""
    user = request.user
    if not is_required(user) or (settings.STAFF_TOTP_EXEMPT_SSO and _by_sign_on(request)):
        return False
    return not is_mfa_enabled(user, [Authenticator.Type.TOTP])


def _by_sign_on(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record.get("method") == "socialaccount" for record in records)


class SecondFactorRequired:
    """Middleware: leads staff without a second factor from the admin to its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        within = request.path.startswith(reverse("admin:index"))
        if within and request.path != reverse("admin:logout") and is_missing(request):
            request.session["notice"] = {
                "text": _("The admin asks for two-step verification. Please set it up first.")
            }
            return redirect("mfa_activate_totp")
        return self.get_response(request)
