"""Fault 10: clients that send half a request and wait."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from tests.faults.servers import Site

pytestmark = pytest.mark.faults

HALF_BODY = (
    b"POST /api/v1/catalogs/shop/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)
HALF_HEAD = b"GET /c/shop/ HTTP/1.1\r\nHost: 127"


def half_sent(stack: ExitStack, site: Site, number: int, content: bytes) -> list[socket.socket]:
    connections = [
        stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=30))
        for _ in range(number)
    ]
    for connection in connections:
        connection.sendall(content)
    return connections


def others_wait(site: Site, key: dict[str, str]) -> float:
    """The longest of ten requests, in seconds; all are answered."""
    took = [site.get("/api/v1/catalogs/shop/items", **key) for _ in range(10)]
    assert {status for status, *_ in took} == {200}
    return max(seconds for *_, seconds in took)


def test_slow_clients_are_cut_off_and_do_not_hold_up_the_others(site, key):
    site.start_valkey()
    site.start_web()
    for _ in range(3):
        others_wait(site, key)
    for content, number, limit in (
        (HALF_BODY, 8, 1.0),
        (HALF_HEAD, 8, 1.0),
        (b"", 8, 1.0),
        (HALF_BODY, 100, 3.0),
    ):
        with ExitStack() as stack:
            connections = half_sent(stack, site, number, content)
            longest = others_wait(site, key)
            assert longest < limit, (content, number, longest)
            for connection in connections:
                assert connection.recv(1000) == b""
