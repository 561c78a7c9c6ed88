"""The heartbeats of workers and scheduler: written by them, read by the health check."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import DatabaseError, InterfaceError
from django.utils.timezone import now

from config import health
from recommender.models import Heartbeat

logger = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two heartbeats of a process."""

SILENT_AFTER = timedelta(seconds=45)

CLOCK = "clock"
"""The row that says when the clock jumped last."""

JUMP = timedelta(days=1)
"""Between two heartbeats of the scheduler: it was off so long, or the clock jumped."""

REST_AFTER_JUMP = timedelta(days=1)
"""Before anything counts as old again. Somebody may set the clock right meanwhile."""


def beat(names: Iterable[str]) -> None:
    """Note that these processes are alive. Without the database nothing happens."""
    try:
        for name in names:
            if name == health.BEAT:
                _note_jump()
            Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": now()})
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A heartbeat was not written: %s", error)


def _note_jump() -> None:
    last = Heartbeat.objects.filter(name=health.BEAT).first()
    if last is not None and abs(now() - last.seen_at) > JUMP:
        logger.warning(
            "The scheduler was off for a day, or the clock jumped from %s: nothing old is deleted"
            " for a day.",
            last.seen_at,
        )
        Heartbeat.objects.update_or_create(name=CLOCK, defaults={"seen_at": now()})


def clock_is_steady() -> bool:
    """Whether the scheduler's heartbeats agree with this process's clock, and have for a day."""
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    agrees = health.BEAT not in seen or abs(now() - seen[health.BEAT]) <= JUMP
    rested = CLOCK not in seen or abs(now() - seen[CLOCK]) > REST_AFTER_JUMP
    return agrees and rested


def states() -> Mapping[str, health.State]:
    """For each process ``ok``, ``silent`` or ``missing`` (never seen); one query."""
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    return {name: _state(seen.get(name)) for name in health.PROCESSES}


def _state(seen_at: object) -> health.State:
    if seen_at is None:
        return "missing", "never seen"
    word = health.OK if abs(now() - seen_at) < SILENT_AFTER else "silent"  # type: ignore[operator]
    return word, f"last seen at {seen_at:%Y-%m-%d %H:%M:%S} UTC"
