"""Sends tasks to the workers. A page never waits for a broker that is away."""

from __future__ import annotations

from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from kombu.exceptions import OperationalError

from config import celery_app, outage
from config.cache_backends import PatientRedisCache, server_answers


class BrokerAway(ConnectionError):
    """The broker does not answer."""


def send(task: str, *args: Any, countdown: float = 0) -> None:
    """Send a task by its name.

    Raises:
        BrokerAway: nothing was sent.
    """
    if not server_answers():
        raise BrokerAway("The broker does not answer.")
    try:
        celery_app.signature(task, args=args).apply_async(countdown=countdown, retry=False)
    except (OSError, OperationalError) as error:
        outage.redis.failed(error)
        raise BrokerAway("The broker does not answer.") from error


def length(queue: str) -> int:
    """Messages that no worker has taken; 0 while the broker is away."""
    cache = caches[DEFAULT_CACHE_ALIAS]
    if not isinstance(cache, PatientRedisCache) or not server_answers():
        return 0
    return int(cache.client().llen(queue))


def send_or_leave(task: str, *args: Any, countdown: float = 0) -> bool:
    """Send a task that a sweep makes up for; False if the broker is away.

    The outage itself is logged, once a minute.
    """
    try:
        send(task, *args, countdown=countdown)
    except BrokerAway:
        return False
    return True
