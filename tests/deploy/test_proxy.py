"""`deploy/Caddyfile` in a real Caddy: what the web behind it gets to see."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY

CADDY = shutil.which("caddy", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
pytestmark = pytest.mark.skipif(CADDY is None, reason="Caddy is not installed")

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def web():
    """A listening socket in place of Gunicorn."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


@pytest.fixture(scope="module")
def https(web, tmp_path_factory):
    """The port of a running Caddy."""
    folder = tmp_path_factory.mktemp("caddy")
    port = free_port()
    environment = {
        **os.environ, "SITE_ADDRESS": "localhost", "PROXY_BIND": "127.0.0.1",
        "WEB_FROM": "addresses", "WEB_ADDRESSES": f"127.0.0.1:{web.getsockname()[1]}",
        "PROXY_HTTP_PORT": str(free_port()), "PROXY_HTTPS_PORT": str(port),
        "PROXY_HEALTH_PORT": str(free_port()),
        "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config"),
    }  # fmt: skip
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, cwd=folder)
        try:
            wait_for(port, process, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            connect(port).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(log.read_text())


def connect(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    return context.wrap_socket(plain, server_hostname="localhost")


def request_seen_by(web: socket.socket) -> bytes:
    """The next request, whole, as the web gets it; it is answered."""
    peer, _address = web.accept()
    with peer:
        peer.settimeout(10)
        seen = b""
        while b"\r\n\r\n" not in seen:
            seen += peer.recv(65536)
        peer.sendall(ANSWER)
    return seen


def test_the_web_learns_who_the_client_is_from_the_proxy_alone(https, web):
    with connect(https) as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 6.6.6.6\r\n"
            b"X-Forwarded-Proto: http\r\n\r\n"
        )
        seen = request_seen_by(web).decode().lower()
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    assert "\r\nx-forwarded-for: 127.0.0.1\r\n" in seen
    assert "\r\nx-forwarded-proto: https\r\n" in seen
    assert "\r\nhost: localhost\r\n" in seen
    assert "6.6.6.6" not in seen


def test_the_web_is_asked_when_the_whole_body_is_there(https, web):
    with connect(https) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nhalf")
        web.settimeout(0.5)
        with pytest.raises(TimeoutError):
            web.accept()
        web.settimeout(10)
        client.sendall(b"half")
        request_seen_by(web)
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
