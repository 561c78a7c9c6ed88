"""Wrong passwords and wrong codes slow down; they lock nobody out.

Who tries to sign in waits after the fifth wrong password: 1, 2, 4, … at most 60 seconds. Meanwhile
an attempt is answered with 429 and Retry-After; it is not checked and does not count. So an hour
sees at most ``TRIES_PER_HOUR`` passwords for one account from one address.

- A browser that signed in to the account before has a count of its own (``KNOWN``), so wrong
  passwords of strangers at the same address do not make its owner wait.
- One account from many addresses, and many accounts from one address, are slowed down too.
- Setting a new password by mail, `manage.py unlock`, or deleting the rows in the admin ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.signals import password_reset
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.db.models import Max, Q, Sum
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import ngettext

from accounts.login import known_browser
from accounts.login.attempted_email import attempted_email

FREE, LONGEST = 5, 60
"""Wrong passwords without a wait, and the longest wait in seconds."""

ACCOUNT_FREE, ACCOUNT_PAUSE = 50, 10
"""For one account from all addresses together, browsers that are known left out."""

ADDRESS_FREE, ADDRESS_PAUSE = 100, 2
"""For all accounts from one address together."""

FORGOTTEN_AFTER = timedelta(minutes=15)
"""After this time without a wrong password the count begins anew (AXES_COOLOFF_TIME)."""

KNOWN = "known browser "

TRIES_PER_HOUR = FREE + 6 + 3600 // LONGEST

Pause = Callable[[int], float]


def pause_after(failures: int) -> float:
    """Seconds between the last wrong password and the next attempt that is checked."""
    return min(2.0 ** (failures - FREE), LONGEST) if failures >= FREE else 0.0


class SlowDownHandler(AxesDatabaseHandler):
    """django-axes keeps the counts; this says what follows from them."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        _name_browser(request, credentials)
        wait = seconds_to_wait(
            attempted_email(request, credentials) or "",
            request.axes_ip_address,  # type: ignore[attr-defined]
            request.axes_user_agent,  # type: ignore[attr-defined]
        )
        request.sign_in_wait = wait  # type: ignore[attr-defined]
        return wait > 0

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any
    ) -> None:
        if request is not None:
            _name_browser(request, credentials)
        super().user_login_failed(sender, credentials, request, **more)


def _name_browser(request: Any, credentials: dict[str, Any] | None) -> None:
    """Count a known browser for itself: django-axes has one row for each name of a browser."""
    email = attempted_email(request, credentials) or ""
    if browser := known_browser.browser_of(request, email):
        request.axes_user_agent = f"{KNOWN}{browser}"


def seconds_to_wait(email: str, address: str, browser: str) -> float:
    """Until an attempt would be checked; 0 if it may be made now. One query."""
    rows = AccessAttempt.objects.filter(attempt_time__gte=now() - FORGOTTEN_AFTER)
    if browser.startswith(KNOWN):
        return _left(rows.filter(username=email, user_agent=browser), pause_after)
    rows = rows.exclude(user_agent__startswith=KNOWN)
    here = Q(username=email, ip_address=address)
    asked = {"here": here, "account": Q(username=email), "address": Q(ip_address=address)}
    pauses: dict[str, Pause] = {
        "here": pause_after,
        "account": lambda failures: ACCOUNT_PAUSE if failures >= ACCOUNT_FREE else 0,
        "address": lambda failures: ADDRESS_PAUSE if failures >= ADDRESS_FREE else 0,
    }
    found = rows.filter(Q(username=email) | Q(ip_address=address)).aggregate(
        **{f"{name}_n": Sum("failures_since_start", filter=rule) for name, rule in asked.items()},
        **{f"{name}_last": Max("attempt_time", filter=rule) for name, rule in asked.items()},
    )
    return max(
        _wait(found[f"{name}_n"] or 0, found[f"{name}_last"], pause)
        for name, pause in pauses.items()
    )


def _left(rows: Any, pause: Pause) -> float:
    found = rows.aggregate(n=Sum("failures_since_start"), last=Max("attempt_time"))
    return _wait(found["n"] or 0, found["last"], pause)


def _wait(failures: int, last: datetime | None, pause: Pause) -> float:
    wanted = pause(failures)
    if last is None or not wanted:
        return 0.0
    since = (now() - last).total_seconds()  # below 0 after the clock went back
    return min(wanted, max(0.0, wanted - since))


def seconds_left(request: HttpRequest, email: str) -> int:
    """How long an account waits from this browser; 0 if it may try now."""
    if not AxesProxyHandler.is_locked(request, {"email": email}):
        return 0
    return int(getattr(request, "sign_in_wait", 0.0)) + 1


def count_wrong(request: HttpRequest, email: str) -> None:
    """Count a wrong code as a wrong password."""
    AxesProxyHandler.user_login_failed(__name__, {"email": email}, request)


def answer(
    request: HttpRequest, response: Any = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of an attempt that came too early (AXES_LOCKOUT_CALLABLE)."""
    seconds = int(getattr(request, "sign_in_wait", 0.0)) + 1
    text = ngettext(
        "Too many wrong passwords. Try again in %(n)s second.",
        "Too many wrong passwords. Try again in %(n)s seconds.",
        seconds,
    )
    page = render(request, "429.html", {"message": text % {"n": seconds}}, status=429)
    page["Retry-After"] = str(seconds)
    return page


def forget_failures(*, email: str = "", address: str = "") -> int:
    """Let an account, or an address, begin anew. Returns the number of rows."""
    rows = AccessAttempt.objects.all()
    rows = rows.filter(username=email.lower()) if email else rows
    rows = rows.filter(ip_address=address) if address else rows
    return rows.delete()[0]


@receiver(password_reset)
def begin_anew(sender: object, request: HttpRequest, user: Any, **_more: Any) -> None:
    """Who set a new password by mail need not wait."""
    forget_failures(email=user.get_username())
