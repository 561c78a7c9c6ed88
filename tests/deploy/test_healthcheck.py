"""The health check of containers: `deploy/healthcheck.py`."""

from __future__ import annotations

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.deploy.files import DEPLOY


@pytest.fixture(scope="module")
def healthcheck():
    spec = importlib.util.spec_from_file_location("healthcheck", DEPLOY / "healthcheck.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        status, body = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.answer = [], (200, json.dumps({"status": "ok"}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HEALTH_SITE", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("ALLOWED_HOSTS", "shop.example.org,www.example.org")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_asks_by_a_name_that_the_site_answers_to(site, healthcheck):
    assert healthcheck.main([]) == 0
    assert site.asked == [("/healthz", "shop.example.org")]


def test_for_the_other_processes_it_asks_what_a_web_knows_of_them(site, healthcheck):
    healthcheck.main(["beat"])
    assert site.asked == [("/readyz", "shop.example.org")]


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        (".example.org", "example.org"),
        ("*", "localhost"),
        ("", "localhost"),
        (" a.org , b", "a.org"),
    ],
)
def test_a_name_is_found_in_every_kind_of_setting(healthcheck, monkeypatch, hosts, name):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    assert healthcheck.host() == name


@pytest.mark.parametrize(
    ("answer", "names", "code"),
    [
        ({"status": "degraded", "beat": "silent"}, [], 0),
        ({"status": "degraded", "beat": "silent", "worker": "ok"}, ["worker"], 0),
        ({"status": "degraded", "beat": "silent"}, ["beat"], 1),
        ({"status": "degraded", "training": "missing"}, ["training"], 1),
        ({"status": "ok"}, ["beat"], 1),
    ],
)
def test_a_process_is_well_when_its_heartbeat_is(site, healthcheck, answer, names, code):
    site.answer = 200, json.dumps(answer)
    assert healthcheck.main(names) == code


def test_a_site_that_fails_is_not_well(site, healthcheck):
    site.answer = 503, json.dumps({"status": "failing"})
    assert healthcheck.main([]) == 1


def test_another_server_is_not_the_site(site, healthcheck):
    site.answer = 200, "<html>"
    assert healthcheck.main([]) == 1


def test_no_answer_is_not_well(healthcheck, monkeypatch):
    monkeypatch.setenv("HEALTH_SITE", "http://127.0.0.1:1")
    assert healthcheck.main([]) == 1
