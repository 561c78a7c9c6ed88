"""Sessions of staff end after STAFF_SESSION_HOURS; those of other people last two weeks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

UNTIL = "staff_until"


@receiver(user_logged_in)
def set_end(sender: object, request: HttpRequest | None, user: Any, **_more: Any) -> None:
    if request is not None and getattr(user, "is_staff", False):
        request.session[UNTIL] = time.time() + 3600 * settings.STAFF_SESSION_HOURS


class StaffSessions:
    """Middleware: signs out who signed in too long ago. It reads no row for other visits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            until = request.session.get(UNTIL)
            if until is not None and time.time() > until:
                logout(request)
        return self.get_response(request)
