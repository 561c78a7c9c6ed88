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


@pytest.mark.parametrize("content", [HALF_BODY, HALF_HEAD, b""])
@pytest.mark.parametrize("number", [8, 100])
def test_others_are_answered_within_a_second_and_the_slow_are_cut_off(site, key, content, number):
    site.start_valkey()
    site.start_web()
    path = "/api/v1/catalogs/shop/items"
    for _ in range(6):  # both processes load the model
        site.get(path, **key)
    with ExitStack() as stack:
        connections = half_sent(stack, site, number, content)
        took = [site.get(path, **key) for _ in range(10)]
        assert {status for status, *_ in took} == {200}
        limit = 1.0 if number == 8 else 3.0
        assert max(seconds for *_, seconds in took) < limit, took
        for connection in connections:
            assert connection.recv(1000) == b""
