"""How many visits may begin by an act.

A browser sends its cookie back, so that one visit is one person. A program that throws cookies away
would be a new person with every post: at most ``NEW_VISITORS_PER_MINUTE`` of them a minute and
address become one. With the cookie nothing is limited here.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from config.errors import AppError

MINUTE = 60


def count_new_visitor(address: str) -> None:
    """Count a visit that begins now.

    Raises:
        AppError: ``throttled`` (429) beyond the limit.
    """
    key = f"new-visitors:{address}:{time.time() // MINUTE:.0f}"
    if cache.add(key, 1, MINUTE):
        return
    try:
        number = cache.incr(key)
    except ValueError:  # the minute ended between the two calls
        return
    if number > settings.NEW_VISITORS_PER_MINUTE:
        message = _("Too many new visits from your network address. Please try again in a minute.")
        raise AppError("throttled", message, 429)
