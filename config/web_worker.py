"""Gunicorn's worker with threads, which slow clients cannot fill.

A thread belongs to a request only when the whole request has arrived: the body is read into a file
first, so that no database connection waits for a network. Who is too slow is cut off: after
``SECONDS`` without a step, or after ``SECONDS_UNDER_PRESSURE`` while more than half of the threads
wait for clients.

A worker that stops answers everybody who got as far as to connect, so that a proxy can send all
others to another web: to repeat a request that was sent is not its business.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from socket import SHUT_RDWR
from typing import IO, Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

SECONDS, SECONDS_UNDER_PRESSURE = 10.0, 0.5
STEP = 16 * 1024
"""Bytes of a body that must arrive within the seconds above."""

MEMORY = 1024 * 1024
MOST = 512 * 1024 * 1024
"""Bytes of one body: in memory, and at all."""


class TooSlow(StopIteration):
    """The client was cut off; Gunicorn closes the connection and says nothing."""


class PatientWorker(ThreadWorker):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting: dict[Any, float] = {}
        self.cut: set[Any] = set()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called with False when the worker stops, too."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                self._accept_all(listener)
                listener.close()

    def _accept_all(self, listener: Any) -> None:
        """Whoever waits at a listener when it is closed is cut off."""
        accepted = -1
        while accepted < self.nr_conns:
            accepted = self.nr_conns
            self.accept(listener)

    def handle(self, conn: Any) -> Any:
        self.waiting[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self.waiting.pop(conn, None)
            self.cut.discard(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request that has arrived whole."""
        size = next((int(value) for name, value in req.headers if name == "CONTENT-LENGTH"), 0)
        if size > MOST:
            return self._reject(conn)
        self._ask_for_body(req, conn)
        body = self._whole_body(req, conn)
        if body is None:
            return self._reject(conn)
        self.waiting.pop(conn, None)
        with body:
            req.body = body
            goes_on = super().handle_request(req, conn)
        req.body = io.BytesIO()  # what Gunicorn drains before the next request
        return goes_on

    def murder_pending(self) -> None:
        """Called every second, and after every event, by the worker's main loop."""
        super().murder_pending()
        crowded = len(self.waiting) > self.cfg.threads // 2
        before = time.monotonic() - (SECONDS_UNDER_PRESSURE if crowded else SECONDS)
        for conn, since in list(self.waiting.items()):
            if since < before:
                self._cut_off(conn)

    def _cut_off(self, conn: Any) -> None:
        self.waiting.pop(conn, None)
        self.cut.add(conn)
        with contextlib.suppress(OSError):  # the client may be faster
            conn.sock.shutdown(SHUT_RDWR)  # the thread that reads it wakes up

    @staticmethod
    def _ask_for_body(req: Any, conn: Any) -> None:
        """Answer ``Expect: 100-continue``, for which the client waits before it sends a body."""
        expects = [header for header in req.headers if header[0] == "EXPECT"]
        if any(value.lower() == "100-continue" for _name, value in expects):
            req.headers = [header for header in req.headers if header[0] != "EXPECT"]
            conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _whole_body(self, req: Any, conn: Any) -> IO[bytes] | None:
        """The body, ready to be read; None if it is too long."""
        body = tempfile.SpooledTemporaryFile(MEMORY)  # noqa: SIM115 (closed by the caller)
        while chunk := req.body.read(STEP):
            body.write(chunk)
            if body.tell() > MOST:
                return None
            if conn in self.waiting:
                self.waiting[conn] = time.monotonic()
        if conn in self.cut:
            raise TooSlow
        body.seek(0)
        return body  # type: ignore[return-value]

    @staticmethod
    def _reject(conn: Any) -> bool:
        util.write_error(conn.sock, 413, "Content Too Large", "")
        return False
