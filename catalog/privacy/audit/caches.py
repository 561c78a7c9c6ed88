"""Redis or Valkey: every key and value of our database, the queue's messages too."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from redis.exceptions import RedisError

from catalog.privacy.audit.report import Looked
from catalog.privacy.audit.traces import Trace, unpacked
from config.cache_backends import PatientRedisCache


def look_in_caches(traces: Sequence[Trace]) -> Looked:
    looked = Looked("cache", "Redis: keys and values", unit="keys")
    cache = caches[DEFAULT_CACHE_ALIAS]
    if not isinstance(cache, PatientRedisCache):
        looked.unit, looked.note = "", "no server: the cache is this process’s memory"
        return looked
    try:
        client, places = cache.client(), set[str]()
        for key in client.scan_iter(count=500):
            looked.amount += 1
            held = [key, *_values(client, key)]
            if any(_holds(trace, each) for trace in traces for each in held):
                looked.found += 1
                places.add(key.decode("utf-8", "replace"))
        looked.note = ", ".join(sorted(places)[:5])
    except (RedisError, OSError) as error:
        looked.unseen, looked.note = True, f"not looked at: {type(error).__name__}"
    return looked


def _holds(trace: Trace, content: bytes) -> bool:
    """A short id counts only as a whole value: cached numbers are about anything."""
    if trace.is_weak:
        return trace.in_value(content.decode("utf-8", "replace"))
    return any(
        trace.in_bytes(part) for each in (content, *_bodies(content)) for part in unpacked(each)
    )


def _values(client: Any, key: bytes) -> Iterator[bytes]:
    kind = client.type(key).decode()
    if kind == "string":
        yield client.get(key) or b""
    elif kind == "list":
        yield from client.lrange(key, 0, -1)
    elif kind == "set":
        yield from client.sscan_iter(key)
    elif kind == "zset":
        yield from (member for member, _score in client.zscan_iter(key))
    elif kind == "hash":
        for name, value in client.hscan_iter(key):
            yield from (name, value)
    elif kind == "stream":
        yield from (repr(entry).encode() for entry in client.xrange(key))


def _bodies(content: bytes) -> Iterator[bytes]:
    """The bodies of Celery's messages, which are in base64 inside of JSON."""
    try:
        waiting: list[Any] = [json.loads(content)]
    except ValueError:
        return
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
            if isinstance(body := each.get("body"), str):
                try:
                    yield base64.b64decode(body, validate=True)
                except binascii.Error:
                    yield body.encode()
