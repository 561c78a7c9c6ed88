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

from collections.abc import Iterator, MutableMapping
from typing import Any

from cachetools import TTLCache
from django.core.cache import cache

_MISSING = object()
_process_caches: list[TTLCache[Any, Any]] = []


def process_cache(seconds: float, most: int = 256) -> TTLCache[Any, Any]:
    """A cache of this process whose entries live for ``seconds``; pass a lock with it."""
    made: TTLCache[Any, Any] = TTLCache(most, seconds)
    _process_caches.append(made)
    return made


def forget_process_caches() -> None:
    """Empty them all, as in a process that has just started."""
    for each in _process_caches:
        each.clear()


class SharedCache(MutableMapping[Any, Any]):
    """The entries of Django's cache below ``prefix``, each for ``seconds``.

    It cannot be listed or counted, because Django's caches cannot list their keys.
    """

    def __init__(self, prefix: str, *, seconds: float) -> None:
        self.prefix, self.seconds = prefix, seconds

    def __getitem__(self, key: Any) -> Any:
        found = cache.get(self._name(key), _MISSING)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        cache.set(self._name(key), value, self.seconds)

    def __delitem__(self, key: Any) -> None:
        if not cache.delete(self._name(key)):
            raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("the entries of a shared cache cannot be listed")

    def __len__(self) -> int:
        raise TypeError("the entries of a shared cache cannot be counted")

    def _name(self, key: Any) -> str:
        return f"{self.prefix}:{key}"
