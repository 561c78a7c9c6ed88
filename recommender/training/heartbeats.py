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


def beat(names: Iterable[str]) -> None:
    """Note that these processes are alive. Without the database nothing happens."""
    try:
        for name in names:
            Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": now()})
    except (DatabaseError, InterfaceError) as error:
        logger.warning("A heartbeat was not written: %s", error)


def states() -> Mapping[str, health.State]:
    """For each process ``ok``, ``silent`` or ``missing`` (never seen); one query."""
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    return {name: _state(seen.get(name)) for name in health.PROCESSES}


def _state(seen_at: object) -> health.State:
    if seen_at is None:
        return "missing", "never seen"
    word = health.OK if now() - seen_at < SILENT_AFTER else "silent"  # type: ignore[operator]
    return word, f"last seen at {seen_at:%Y-%m-%d %H:%M:%S} UTC"
