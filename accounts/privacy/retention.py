"""Deletes data whose retention time is over."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.utils.timezone import now

from accounts.models import Limit

SIGN_INS = (AccessAttempt, AccessFailureLog, AccessLog)


def forget_old_visits() -> None:
    """Delete expired sessions."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def forget_old_limits() -> int:
    """Delete what no limit counts any more; the keys hold network addresses."""
    return Limit.objects.filter(expires__lt=now()).delete()[0]


def forget_old_sign_ins() -> int:
    """Delete old sign-ins and attempts.

    Returns:
        The number of deleted rows.
    """
    before = now() - timedelta(days=settings.SIGN_IN_RETENTION_DAYS)
    return sum(model.objects.filter(attempt_time__lt=before).delete()[0] for model in SIGN_INS)
