from __future__ import annotations

import pytest

from catalog.api import throttling
from catalog.api.throttling import KeyRateThrottle
from catalog.models import Catalog
from tests.api_clients import Program, reader, writer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Two requests a minute; the list's only entry is the time."""
    now = [6000.0]
    monkeypatch.setattr(KeyRateThrottle, "rate", "2/min", raising=False)
    monkeypatch.setattr(throttling.time, "time", lambda: now[0])
    return now


def test_requests_above_the_rate_are_429_and_say_when_to_come_back(
    api: Program, clock: list[float]
) -> None:
    clock[0] += 20
    api.get("items")
    api.get("items")
    answer = api.get("items", 429)
    assert answer["code"] == "throttled"
    assert answer["details"] == {"retry_after_seconds": 40}
    assert api.response.headers["Retry-After"] == "40"


def test_the_next_window_is_open_again(api: Program, clock: list[float]) -> None:
    for status in (200, 200, 429):
        api.get("items", status)
    clock[0] += 60
    api.get("items")


def test_keys_are_counted_apart(catalog: Catalog, clock: list[float]) -> None:
    first, second = writer(catalog), reader(catalog)
    for status in (200, 200, 429):
        first.get("items", status)
    second.get("items")
