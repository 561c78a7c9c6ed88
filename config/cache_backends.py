"""Django's caches, with two rules of ours.

- A server that is away is a cache without entries: nothing fails, and nothing is slow.
- The limits of sign-in, sign-up and password reset are kept in the database, because they must
  hold while the cache is away.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.cache import DEFAULT_CACHE_ALIAS, BaseCache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from config import outage

SECONDS = 0.3
"""The longest wait for one answer of the server, and for a connection to it."""

Key = str | bytes | memoryview

LIMITS = "limits"
LIMIT_KEYS = ("allauth:rl:", "allauth.mfa.totp.used")
"""How the keys of limits begin that must hold without the server."""


class PatientClient(RedisCacheClient):
    """Answers as an empty cache while the server is away."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # A connection that a restart of the server cut is replaced once. A wait is not repeated.
        options.setdefault("retry", Retry(NoBackoff(), 1, (RedisConnectionError,)))
        options.setdefault("socket_timeout", SECONDS)
        options.setdefault("socket_connect_timeout", SECONDS)
        super().__init__(*args, **options)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Key | None = None, *, write: bool = False) -> Any:
        """One client for reading and one for writing: to make one takes as long as to ask it."""
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]

    def _ask(self, name: str, otherwise: Any, *args: Any) -> Any:
        if outage.redis.is_on():
            return otherwise
        try:
            answer = getattr(super(), name)(*args)
        except (RedisError, OSError) as error:
            outage.redis.failed(error)
            return otherwise
        outage.redis.answered()
        return answer

    def ping(self) -> bool:
        """Whether the server answers; no waiting while it is known to be away."""
        return bool(self._ask("has_key", None, "ping") is not None)

    def add(self, key: Key, value: Any, timeout: Any) -> Any:
        return self._ask("add", True, key, value, timeout)

    def get(self, key: Key, default: Any) -> Any:
        return self._ask("get", default, key, default)

    def set(self, key: Key, value: Any, timeout: Any) -> None:
        self._ask("set", None, key, value, timeout)

    def touch(self, key: Key, timeout: Any) -> Any:
        return self._ask("touch", False, key, timeout)

    def delete(self, key: Key) -> Any:
        return self._ask("delete", False, key)

    def get_many(self, keys: Any) -> Any:
        return self._ask("get_many", {}, keys)

    def has_key(self, key: Key) -> Any:
        return self._ask("has_key", False, key)

    def incr(self, key: Key, delta: int) -> Any:
        answer = self._ask("incr", None, key, delta)
        if answer is None:
            raise ValueError(f"Key {key!r} not found.")
        return answer

    def set_many(self, data: Any, timeout: Any) -> None:
        self._ask("set_many", None, data, timeout)

    def delete_many(self, keys: Any) -> None:
        self._ask("delete_many", None, keys)

    def clear(self) -> Any:
        return self._ask("clear", False)


class _LimitsElsewhere(BaseCache):
    """Keeps the entries of ``LIMIT_KEYS`` in the cache ``LIMITS``."""

    def _place(self, key: str) -> Any:
        return caches[LIMITS] if str(key).startswith(LIMIT_KEYS) else super()

    def add(self, key: str, *args: Any, **options: Any) -> Any:
        return self._place(key).add(key, *args, **options)

    def get(self, key: str, *args: Any, **options: Any) -> Any:
        return self._place(key).get(key, *args, **options)

    def set(self, key: str, *args: Any, **options: Any) -> None:
        self._place(key).set(key, *args, **options)

    def delete(self, key: str, *args: Any, **options: Any) -> Any:
        return self._place(key).delete(key, *args, **options)


class PatientRedisCache(_LimitsElsewhere, RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient

    def ping(self) -> bool:
        return cast("PatientClient", self._cache).ping()

    def client(self) -> Any:
        """The server's own client, which raises errors."""
        return self._cache.get_client()


class MemoryCache(_LimitsElsewhere, LocMemCache):
    """The cache of one process, for tests."""


def server_answers() -> bool:
    """Whether cache and broker are there; at most ``SECONDS`` for an answer."""
    cache = caches[DEFAULT_CACHE_ALIAS]
    return cache.ping() if isinstance(cache, PatientRedisCache) else True
