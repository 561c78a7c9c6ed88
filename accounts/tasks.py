"""Periodic tasks; the work is done in `accounts.privacy.retention`."""

from __future__ import annotations

from celery import shared_task

from accounts.privacy import retention
from config import clock


@shared_task
def forget_what_is_old() -> int:
    if not clock.is_steady():
        return 0
    retention.forget_old_visits()
    retention.forget_old_limits()
    return retention.forget_old_sign_ins()
