"""Errors are reported to a Sentry server if there is one, without personal data."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FAIL = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
import django
django.setup()
from django.conf import settings
from django.test import Client
def broken(self, request):
    raise ValueError("ann@example.org from 198.51.100.7 asked ?q=slippers")
import django_htmx.middleware
django_htmx.middleware.HtmxMiddleware.__call__ = broken
client = Client(REMOTE_ADDR="198.51.100.7", raise_request_exception=False)
headers = {"authorization": "Api-Key secret-of-ann", "cookie": "a=b"}
client.get("/c/shop/?q=slippers", headers=headers)
if "sentry_sdk" in sys.modules:
    sys.modules["sentry_sdk"].flush(5)
print("sentry_sdk" in sys.modules)
"""


class Ingest(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.received.append((self.path, body.decode()))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    made = HTTPServer(("127.0.0.1", 0), Ingest)
    made.received = []
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def fail(**variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "SENTRY_DSN"}
    done = subprocess.run(
        [sys.executable, "-c", FAIL],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_one_event_is_sent_without_personal_data(server):
    dsn = f"http://publickey@127.0.0.1:{server.server_port}/7"
    assert fail(SENTRY_DSN=dsn, SENTRY_ENVIRONMENT="staging") == "True"
    (path, envelope), *more = server.received
    assert path == "/api/7/envelope/"
    assert not more
    event = json.loads(envelope.splitlines()[2])
    assert event["environment"] == "staging"
    assert event["release"].startswith("longtail-0")
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert len(event["tags"]["request_id"]) == 32
    assert set(event.get("request", {})) <= {"method"}
    for secret in ("ann@example.org", "198.51.100.7", "slippers", "secret-of-ann", "a=b"):
        quoted = [line for line in envelope.splitlines() if secret in line]
        assert not quoted, secret


def test_without_an_address_nothing_is_imported():
    assert fail() == "False"
