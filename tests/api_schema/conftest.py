"""A live site in processes of its own, on DATABASE_URL's server or on SQLite."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg2
import pytest

from config.env import BASE_DIR

PATIENCE = 120
"""Seconds. On an idle machine a few are enough."""


@dataclass(frozen=True)
class Site:
    url: str
    key: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with database(folder) as address:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.api_schema.settings",
            "DATABASE_URL": address,
            "LOG_LEVEL": "ERROR",
        }
        environment.pop("REDIS_URL", None)
        filled = subprocess.run(
            [sys.executable, "-m", "tests.api_schema.fill"],
            cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        with served(folder, environment) as url:
            yield Site(url, filled.stdout.split()[-1])


class database:
    """A new database: on the server of DATABASE_URL, or a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server = folder, os.environ.get("DATABASE_URL", "").rpartition("/")[0]
        self.name = f"longtail_api_{os.getpid()}"

    def __enter__(self) -> str:
        if not self.server.startswith("postgres"):
            return f"sqlite:///{self.folder / 'site.sqlite3'}"
        self._say(f"CREATE DATABASE {self.name}")
        return f"{self.server}/{self.name}"

    def __exit__(self, *error: object) -> None:
        if self.server.startswith("postgres"):
            self._say(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        connection = psycopg2.connect(f"{self.server}/postgres")
        connection.autocommit = True  # no transaction may hold these statements
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)


class served:
    """gunicorn with one process and four threads."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def __enter__(self) -> str:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
        command += ["--threads", "4", "--limit-request-line", "0", "--log-level", "warning"]
        with (self.folder / "site.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log
            )
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/api/schema/", self.process)
        return url

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, "the site did not start"
        try:
            urlopen(url, timeout=PATIENCE).close()
            return
        except (URLError, ConnectionError):
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.1)
