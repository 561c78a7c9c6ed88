"""What works at the moment: for the health check and the admin's first page.

Apps register checks of their own; one says ``OK`` or a word and, for staff, what is behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db import connection

OK, UNAVAILABLE = "ok", "unavailable"

WORKER, TRAINING, BEAT = "worker", "training", "beat"
PROCESSES = (WORKER, TRAINING, BEAT)
"""The processes beside the web that must run: the worker of each queue, and the scheduler."""

State = tuple[str, str]
"""The word for everybody, and details for staff."""

_more: list[Callable[[], Mapping[str, State]]] = []


def register(checks: Callable[[], Mapping[str, State]]) -> None:
    """Add checks; one function may answer several, by name."""
    if checks not in _more:
        _more.append(checks)


def states() -> dict[str, State]:
    """Every check by name, the database first. Without the database the others are not asked."""
    found = {"database": _try(connection.ensure_connection), "cache": _try(_ping_cache)}
    if found["database"][0] == OK:
        for checks in _more:
            found.update(checks())
    return found


def summary(states: Mapping[str, State]) -> str:
    """``failing`` without the database, ``degraded`` if anything else is missing, else ``ok``."""
    if states["database"][0] != OK:
        return "failing"
    return "ok" if all(word == OK for word, _details in states.values()) else "degraded"


def _try(probe: Callable[[], object]) -> State:
    try:
        probe()
    except Exception as error:  # any failure of a service is the result
        return UNAVAILABLE, f"{type(error).__name__}: {error}"
    return OK, ""


def _ping_cache() -> None:
    """Asks the server itself: the cache hides an outage from everybody else."""
    cache = caches[DEFAULT_CACHE_ALIAS]
    if client := getattr(cache, "client", None):
        client().ping()
    else:
        cache.set("healthz", 1, 5)
