"""`make audit`: a vulnerability fails, and only a service that is away may be passed over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "audit_dependencies.py"


class Service(BaseHTTPRequestHandler):
    """The API of osv.dev: jinja2 2.4 is vulnerable, all else is not."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = {
            "id": "GHSA-test",
            "modified": "2026-01-01T00:00:00Z",
            "affected": [
                {
                    "package": {"name": "jinja2", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "3.1"}]}],
                }
            ],
        }
        found = {"vulns": [fault]} if asked["package"]["name"] == "jinja2" else {}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()


def audited(service: str, folder: Path, packages: str, **environment: str):
    lock = folder / "requirements.txt"
    lock.write_text(packages)
    return subprocess.run(
        [sys.executable, SCRIPT, "-r", lock, "-s", "osv", "--osv-url", service],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("allow", ["", "allow"])
def test_a_vulnerability_fails_and_is_named(service, tmp_path, allow):
    done = audited(service, tmp_path, "jinja2==2.4\nsix==1.17\n", AUDIT_UNREACHABLE=allow)
    assert done.returncode == 1
    assert done.stdout == "jinja2 2.4: GHSA-test, fixed in 3.1\n"


def test_nothing_known_is_fine(service, tmp_path):
    done = audited(service, tmp_path, "six==1.17\n")
    assert (done.returncode, done.stdout) == (0, "1 packages, no known vulnerability.\n")


@pytest.mark.parametrize(("allow", "code"), [("", 2), ("allow", 0)])
def test_a_service_that_is_away_is_said(tmp_path, allow, code):
    done = audited("http://127.0.0.1:1/", tmp_path, "six==1.17\n", AUDIT_UNREACHABLE=allow)
    assert done.returncode == code
    assert done.stdout.startswith("The service of known vulnerabilities is not reachable")
    assert done.stdout.count("\n") == 1
