from __future__ import annotations

import pytest
from cachetools import cached
from django.core.cache import cache

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
