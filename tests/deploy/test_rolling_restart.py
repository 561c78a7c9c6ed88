"""Two real Gunicorns behind a real Caddy, with the files of `deploy/`: each restarts under load."""

from __future__ import annotations

import http.client
import ssl
import sys
import threading
from contextlib import closing

import pytest

from config.supervisor import Supervisor
from deploy.production_local.proxy import Proxy
from deploy.production_local.settings import free_ports, is_free
from tests.deploy.files import DEPLOY, ROOT
from tests.deploy.test_proxy import CADDY

pytestmark = pytest.mark.skipif(CADDY is None, reason="Caddy is not installed")

APP = """
import os
import time
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    time.sleep(0.02)
    with open(os.environ["STORED"], "ab") as file:
        file.write(body + b"\\n")
    start_response("201 Created", [("Content-Length", "0")])
    return [b""]
"""
RESTARTS = 4


class Clients:
    """Threads that post numbers until they are stopped."""

    def __init__(self, port: int, number: int = 8) -> None:
        self.port, self.over = port, threading.Event()
        self.acknowledged: list[int] = []
        self.failed: list[object] = []
        self.threads = [threading.Thread(target=self.post, args=(n,)) for n in range(number)]
        for thread in self.threads:
            thread.start()

    def post(self, number: int) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        client = http.client.HTTPSConnection("localhost", self.port, timeout=60, context=trust)
        with closing(client):
            while not self.over.is_set():
                number += len(self.threads)
                try:
                    client.request("POST", "/", str(number))
                    answer = client.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException) as error:
                    self.failed.append(error)
                    client.close()
                    continue
                right = answer.status == 201
                (self.acknowledged if right else self.failed).append(
                    number if right else answer.status
                )

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def stack(tmp_path):
    """The supervisor of two webs and their proxy, and the proxy's port."""
    (tmp_path / "app.py").write_text(APP)
    http_port, https_port, health, *webs = free_ports(5)
    proxy = Proxy(CADDY, tmp_path / "caddy", http_port, https_port, health, webs)
    environment = {
        **proxy.environment(),
        "STORED": str(tmp_path / "stored"),
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "4",
    }
    with Supervisor(tmp_path / "logs", environment, patience=60) as up:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py")]
        for port in webs:
            up.start(f"web-{port}", [*gunicorn, "--bind", f"127.0.0.1:{port}", "app"])
            up.wait_for(lambda port=port: not is_free(port), "Gunicorn", 60)
        up.start("proxy", proxy.command(ROOT))
        up.wait_for(proxy.answers, "Caddy", 60)
        yield up, https_port, webs


def test_no_post_fails_or_is_repeated_while_the_webs_restart_in_turn(stack, tmp_path):
    up, port, webs = stack
    clients = Clients(port)
    try:
        for turn in range(RESTARTS):
            web = webs[turn % len(webs)]
            up.restart(f"web-{web}")
            up.wait_for(lambda web=web: not is_free(web), "Gunicorn", 60)
            enough = len(clients.acknowledged) + 100
            up.wait_for(lambda enough=enough: len(clients.acknowledged) > enough, "the site", 60)
    finally:
        clients.stop()
    assert clients.failed == []
    stored = map(int, (tmp_path / "stored").read_text().split())
    assert sorted(stored) == sorted(clients.acknowledged)
