from __future__ import annotations

import pytest
from cachetools import cached
from django.core.cache import cache

from config import outage
from config.caching import SharedCache


def test_a_function_is_computed_once_for_all_processes():
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    here = cached(SharedCache("doubles", seconds=60), key=int)(double)
    there = cached(SharedCache("doubles", seconds=60), key=int)(double)
    assert (here(2), there(2), here(3)) == (4, 4, 6)
    assert asked == [2, 3]


def test_none_is_remembered_too():
    entries = SharedCache("answers", seconds=60)
    entries["why"] = None
    assert "why" in entries
    assert entries["why"] is None


def test_an_entry_is_forgotten_in_all_processes():
    here, there = SharedCache("answers", seconds=60), SharedCache("answers", seconds=60)
    here["why"] = 1
    assert there.pop("why", None) == 1
    assert there.pop("why", None) is None
    with pytest.raises(KeyError):
        here["why"]
    with pytest.raises(KeyError):
        del here["why"]


def test_prefixes_separate_entries():
    SharedCache("a", seconds=60)["x"] = 1
    assert "x" not in SharedCache("b", seconds=60)
    assert cache.get("a:x") == 1


def test_an_entry_expires_after_its_time():
    SharedCache("brief", seconds=0)["x"] = 1
    assert "x" not in SharedCache("brief", seconds=0)


@pytest.mark.parametrize("ask", [len, list, SharedCache.clear])
def test_a_shared_cache_cannot_be_listed_or_emptied(ask):
    with pytest.raises(TypeError, match="shared cache"):
        ask(SharedCache("a", seconds=60))


@pytest.fixture
def away(monkeypatch):
    """The cache's server is away: nothing is found in it."""
    monkeypatch.setattr(outage.redis, "failing", True)
    monkeypatch.setattr(cache, "get", lambda key, default=None: default)
    monkeypatch.setattr(cache, "set", lambda key, value, timeout=None: None)
    monkeypatch.setattr(cache, "delete", lambda key: False)


def test_while_the_server_is_away_a_process_computes_once(away):
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    here = cached(SharedCache("away", seconds=60), key=int)(double)
    assert (here(2), here(2), here(3)) == (4, 4, 6)
    assert asked == [2, 3]
    assert here.cache.pop(2) == 4
    assert here(2) == 4
    assert asked == [2, 3, 2]


def test_an_entry_of_the_outage_is_not_used_after_it(monkeypatch):
    entries = SharedCache("away", seconds=60)
    with monkeypatch.context() as patch:
        patch.setattr(outage.redis, "failing", True)
        patch.setattr(cache, "set", lambda key, value, timeout=None: None)
        entries["x"] = 1
    cache.set("away:x", 2)
    assert entries["x"] == 2
    cache.delete("away:x")
    assert "x" not in entries
