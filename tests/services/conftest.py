"""Real servers: PostgreSQL (DATABASE_URL), Redis (REDIS_URL) and Celery workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from config import celery_app, task_rules
from config.env import BASE_DIR
from recommender.models import TrainingRun

PATIENCE = 120
"""Seconds. On an idle machine a few are enough."""


@pytest.fixture(autouse=True)
def real_servers(transactional_db, artifacts) -> None:
    assert connection.vendor == "postgresql", "DATABASE_URL must name a PostgreSQL server"
    celery_app.control.purge()


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(tmp_path, len(workers)))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


class Worker:
    """A Celery worker on the database of this test."""

    def __init__(self, folder: Path, number: int) -> None:
        self.log = folder / f"worker-{number}.log"
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-l",
            "INFO",
            "-c",
            "1",
        ]
        command += ["-Q", ",".join(task_rules.QUEUES), "-n", f"test{number}-{os.getpid()}@%h"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self._environment(folder),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(
            lambda: "ready." in self.log.read_text(), f"the worker did not start: {self.log}"
        )

    def _environment(self, folder: Path) -> dict[str, str]:
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "SECRET_KEY": "tests only",
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
            "VAR_DIR": str(folder),
            "ARTIFACTS_DIR": str(django_settings.ARTIFACTS_DIR),
        }

    def training_process(self) -> psutil.Process | None:
        """The child process that trains now."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if "run_training" in child.cmdline():
                return child
        return None

    def kill_parent_only(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def kill(self) -> None:
        """Kill the worker and its pool processes, as the kernel does when memory runs out.

        The training child survives.
        """
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def wait_until(true: Callable[[], Any], message: str, seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, message
        time.sleep(0.1)
    return value


def wait_for_end(run: TrainingRun) -> TrainingRun:
    def over() -> bool:
        run.refresh_from_db()
        return run.is_over

    wait_until(over, f"{run} did not end: {run.state} {run.stage}")
    return run


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Start each in a thread with its own connection. Returns results or exceptions, in order."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return results
