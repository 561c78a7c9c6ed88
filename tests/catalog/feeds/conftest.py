from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from catalog.feeds.feeds import save_feed
from catalog.models import Catalog, Feed


@dataclass
class Shop:
    """A shop's web server on this machine: its files, and what it was asked."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def address(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A real server; its host is allowed although it is private."""
    found = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(dict(self.headers))
            body = found.files.get(self.path, b"")
            tag = f'"{hash(body)}"'
            if to := found.redirects.get(self.path):
                self.send_response(302)
                self.send_header("Location", to)
                body = b""
            elif self.path not in found.files:
                self.send_response(404)
            elif self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                body = b""
            else:
                self.send_response(200)
                self.send_header("ETag", tag)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    settings.FEED_PRIVATE_HOSTS = ["localhost"]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def feed(catalog: Catalog, shop: Shop) -> Feed:
    """A full feed of ten items."""
    shop.files["/items.csv"] = table(range(10))
    return save_feed(Feed(catalog=catalog, name="nightly", address=shop.address("/items.csv")))


def table(numbers: Any, *more: str) -> bytes:
    rows = [f"a{number},Mug {number}" for number in numbers]
    return "\n".join(["item_id,title", *rows, *more, ""]).encode()
