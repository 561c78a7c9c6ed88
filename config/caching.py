"""One pattern for all caches: ``cachetools.cached`` over a mapping.

The mapping decides where, how many and how long. ``SharedCache`` is Django's cache, which all
processes share::

    @cached(SharedCache("curve", seconds=60), key=attrgetter("pk"))
    def curve(catalog: Catalog) -> Curve: ...

    curve.cache.pop(catalog.pk, None)  # forget it in all processes

Caches of one process are cachetools' own ``LRUCache`` with a lock. A function of a few short
texts and numbers that runs a hundred times a page uses ``functools.lru_cache``, which is
written in C. See docs/decisions/0012-libraries.md.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

from cachetools import TTLCache
from django.core.cache import cache

from config import outage
from config.metrics import count_cache

_MISSING = object()
_process_caches: list[TTLCache[Any, Any]] = []
_own_lock = threading.Lock()


def process_cache(seconds: float, most: int = 256) -> TTLCache[Any, Any]:
    """A cache of this process whose entries live for ``seconds``; pass a lock with it."""
    made: TTLCache[Any, Any] = TTLCache(most, seconds)
    _process_caches.append(made)
    return made


def forget_process_caches() -> None:
    """Empty them all, as in a process that has just started."""
    for each in _process_caches:
        each.clear()


AWAY_SECONDS = 60
"""The longest that a process uses its own entry while the server is away: nobody else can tell it
that the entry changed."""

_MOST_AWAY = 256


class SharedCache(MutableMapping[Any, Any]):
    """The entries of Django's cache below ``prefix``, each for ``seconds``.

    While the cache's server is away, the process uses entries of its own: else everything dear
    would be computed for each request, just when the database carries the whole load.

    It cannot be listed or counted, because Django's caches cannot list their keys.
    """

    def __init__(self, prefix: str, *, seconds: float) -> None:
        self.prefix, self.seconds = prefix, seconds
        self._own = process_cache(min(seconds, AWAY_SECONDS), _MOST_AWAY)

    def __getitem__(self, key: Any) -> Any:
        found = cache.get(self._name(key), _MISSING)
        if found is _MISSING and outage.redis.failing:
            with _own_lock:
                found = self._own.get(key, _MISSING)
        count_cache(self.prefix, hit=found is not _MISSING)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        cache.set(self._name(key), value, self.seconds)
        if outage.redis.failing:
            with _own_lock:
                self._own[key] = value

    def __delitem__(self, key: Any) -> None:
        with _own_lock:
            own = self._own.pop(key, _MISSING)
        if own is not _MISSING and outage.redis.failing:
            return
        if not cache.delete(self._name(key)):
            raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("the entries of a shared cache cannot be listed")

    def __len__(self) -> int:
        raise TypeError("the entries of a shared cache cannot be counted")

    def _name(self, key: Any) -> str:
        return f"{self.prefix}:{key}"
