"""Case 23, without servers: what a cache and a broker that are away mean for the rest."""

from __future__ import annotations

import logging

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisConnectionError

from config import cache_backends, outage, task_queue
from config.cache_backends import PatientRedisCache
from config.outage import Outage


@pytest.fixture
def away(monkeypatch):
    """The outage that the code sees, with a clock of its own."""
    clock = {"now": 100.0}
    outage_here = Outage("Redis is away.", rest=3, quiet=60, clock=lambda: clock["now"])
    monkeypatch.setattr(outage, "redis", outage_here)
    outage_here.times = clock
    return outage_here


@pytest.fixture
def cache(away):
    return PatientRedisCache("redis://127.0.0.1:1/0", {})


def test_a_cache_that_is_away_is_an_empty_cache(cache):
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", 1)
    assert cache.add("a", 1) is True
    assert cache.get_many(["a", "b"]) == {}
    assert (cache.touch("a"), cache.delete("a"), cache.has_key("a")) == (False, False, False)
    assert cache.get_or_set("a", 5) == 5
    cache.set_many({"a": 1})
    cache.delete_many(["a"])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_it_is_named_once_a_minute_and_again_when_it_is_back(away, caplog):
    caplog.set_level(logging.WARNING)
    for second in (0, 10, 59, 61):
        away.times["now"] = 100.0 + second
        away.failed(RedisConnectionError("refused"))
    away.answered()
    away.answered()
    assert [record.getMessage() for record in caplog.records] == [
        "Redis is away.",
        "Redis is away.",
        "The service answers again: Redis is away.",
    ]


def test_nobody_waits_again_before_the_rest_is_over_and_then_one_tries(away):
    away.failed(RedisConnectionError("refused"))
    assert away.is_on()
    away.times["now"] += 3
    assert [away.is_on(), away.is_on()] == [False, True]


def test_a_server_that_is_away_is_asked_once(cache, monkeypatch):
    asked = []
    monkeypatch.setattr(
        cache_backends.RedisCacheClient, "get_client", lambda *args, **more: asked.append(1)
    )
    monkeypatch.setattr(outage.redis, "failing", True)
    outage.redis.failed(RedisConnectionError("refused"))
    cache.get("a")
    assert asked == []


def test_tasks_are_left_without_an_error(cache, monkeypatch):
    monkeypatch.setitem(caches.settings, "default", caches.settings["default"])
    monkeypatch.setattr(task_queue, "server_answers", cache.ping)
    assert task_queue.send_or_leave("recommender.tasks.sweep_training_runs") is False
    with pytest.raises(task_queue.BrokerAway):
        task_queue.send("recommender.tasks.sweep_training_runs")


@pytest.mark.django_db
def test_the_limits_of_sign_in_are_in_the_database(cache):
    assert cache.add("allauth:rl:account:login:5/m/ip:1.2.3.4", [1.0], 60) is True
    assert cache.add("allauth:rl:account:login:5/m/ip:1.2.3.4", [1.0], 60) is False
    cache.set("allauth:rl:x", [2.0], 60)
    assert cache.get("allauth:rl:x") == [2.0]
    cache.delete("allauth:rl:x")
    assert cache.get("allauth:rl:x") is None
