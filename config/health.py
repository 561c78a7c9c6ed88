"""What works at the moment: for `/readyz` and the admin's first page.

Apps register checks of their own; one says ``OK`` or a word and, for staff, what is behind it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from cachetools import cached
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.caching import process_cache

OK, UNAVAILABLE, PENDING = "ok", "unavailable", "pending"

DATABASE, MIGRATIONS = NEEDED = ("database", "migrations")
"""Without these no page is served. Everything else may be away for a while."""

WORKER, LONG, TRAINING, BEAT = "worker", "long", "training", "beat"
PROCESSES = (WORKER, LONG, TRAINING, BEAT)
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
    found = {DATABASE: _try(connection.ensure_connection), "cache": _try(_ping_cache)}
    if found[DATABASE][0] == OK:
        found[MIGRATIONS] = _migrations()
        for checks in _more:
            found.update(checks())
    return found


def summary(states: Mapping[str, State]) -> str:
    """``failing`` without what is needed, ``degraded`` if anything else is missing, else ``ok``."""
    if any(states[name][0] != OK for name in NEEDED if name in states):
        return "failing"
    return "ok" if all(word == OK for word, _details in states.values()) else "degraded"


def _try(probe: Callable[[], object]) -> State:
    try:
        probe()
    except Exception as error:  # any failure of a service is the result
        return UNAVAILABLE, f"{type(error).__name__}: {error}"
    return OK, ""


@cached(process_cache(seconds=30), lock=threading.Lock())
def _migrations() -> State:
    """Whether the database has every migration of this code; to find out takes 0.1 to 0.5 s."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = ", ".join(f"{migration.app_label} {migration.name}" for migration, _back in plan)
    return (PENDING, names) if plan else (OK, "")


def _ping_cache() -> None:
    """Asks the server itself: the cache hides an outage from everybody else."""
    cache = caches[DEFAULT_CACHE_ALIAS]
    if client := getattr(cache, "client", None):
        client().ping()
    else:
        cache.set("readyz", 1, 5)
