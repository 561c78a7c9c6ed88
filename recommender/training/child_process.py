"""Trains in a fresh child process that has a time limit and ends with its parent."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from config import entry, stopping
from recommender.models import TrainingRun
from recommender.training import run_queries, runs
from recommender.training.database_outage import AWAY, outlasting
from recommender.training.failure_causes import cause_of, last_words
from recommender.training.stall_watch import StallWatch

logger = logging.getLogger(__name__)

Watch = Callable[[TrainingRun], None]
Clock = Callable[[], float]

LOOK_SECONDS = 2.0
"""Between two checks of the child. Each writes a heartbeat to the run's row."""

MOST_OUTPUT = 200_000
"""Last bytes of the output that are stored."""

LOGS = 50


FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""A child that one of these ended can go on in another process. Of the others the cause stays."""


def train(
    run: TrainingRun,
    *,
    watch: Watch | None = None,
    seconds: float = LOOK_SECONDS,
    clock: Clock = time.monotonic,
) -> None:
    """Carry out a claimed run in a child process and wait for it. Errors are written to the run.

    The child is a fresh interpreter, because a process that is forked after TensorFlow has run
    hangs. It is killed with all its children when it shows no progress for TRAINING_STALL_LIMIT,
    after TRAINING_TIME_LIMIT, or when the run is failed elsewhere. If this worker stops, or
    somebody else kills the child, the run is queued again.

    Args:
        run: claimed by this process.
        watch: called with the refreshed run between two checks, for a progress line.
        seconds: between two checks.
    """
    attempt = Attempt(run.pk, run.attempts, StallWatch(clock))
    with tempfile.TemporaryFile() as errors:
        child = _start(run, errors)
        try:
            reason = _wait(child, run, attempt, watch, seconds)
        except SystemExit:  # the pool process itself is told to end
            _kill(child)
            attempt.hand_back()
            raise
        finally:
            _kill(child)
        output = _output(errors)
        _store_log(run, output)
        outlasting(lambda: attempt.write_end(reason, child.returncode, output))


@dataclass(frozen=True)
class Attempt:
    """What this process writes to the run's row, unless another process has the run by now."""

    run_id: int
    number: int
    stall: StallWatch

    def beats(self) -> bool:
        """False if the child must stop. While the database is away it goes on."""
        try:
            goes_on = runs.beat(run_id=self.run_id, attempt=self.number)
            self.stall.look(*run_queries.progress_of(self.run_id))
        except AWAY as error:
            logger.warning("no heartbeat of %s: %s", self.run_id, error)
            self.stall.wait()
            connection.close()
            return True
        return goes_on

    def hand_back(self) -> None:
        runs.hand_back_run(run_id=self.run_id, attempt=self.number)

    def write_end(self, reason: str, code: int, output: str) -> None:
        """What the child itself wrote about its end stays."""
        if reason:
            self._fail(f"{reason}\n{last_words(output)}")
        elif stopping.is_stopping():
            self.hand_back()
        elif -code in FROM_OUTSIDE:
            error = cause_of(code, output)
            runs.put_off_run(run_id=self.run_id, error=error, attempt=self.number)
        elif code:
            self._fail(cause_of(code, output))

    def _fail(self, error: str) -> None:
        runs.fail_run(run_id=self.run_id, error=error.strip(), attempt=self.number)


def command_for(run: TrainingRun) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_training", str(run.pk)]


def _start(run: TrainingRun, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    entry.limit_threads(environment, min(2, os.cpu_count() or 1))
    del environment[entry.OURS]  # the child's own entry point then leaves them
    # Its own session, so that the child and its children can be killed as one group.
    return subprocess.Popen(  # noqa: S603 (our own command)
        command_for(run), env=environment, stdout=errors, stderr=errors, start_new_session=True
    )


def _wait(
    child: subprocess.Popen[bytes],
    run: TrainingRun,
    attempt: Attempt,
    watch: Watch | None,
    seconds: float,
) -> str:
    """Wait until the child ends, or must be handed back. Returns why it is killed for good."""
    while not _ended(child, seconds) and not stopping.is_stopping():
        if not attempt.beats():
            return "" if _ended(child, seconds) else _("The run was abandoned.")
        if reason := attempt.stall.reason():
            return reason
        if watch:
            outlasting(run.refresh_from_db)
            watch(run)
    return ""


def _ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _output(errors: IO[bytes]) -> str:
    """The end of what the child wrote."""
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - MOST_OUTPUT))
    return errors.read().decode(errors="replace")


def log_of(run: TrainingRun) -> Path:
    """What the run's process wrote, tracebacks too."""
    return Path(settings.VAR_DIR) / "logs" / "training" / f"run-{run.pk}.log"


def _store_log(run: TrainingRun, output: str) -> None:
    """Write the run's log; of all logs the newest ``LOGS`` stay."""
    path = log_of(run)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(output)
        newest_last = sorted(path.parent.glob("run-*.log"), key=lambda log: log.stat().st_mtime)
        for old in newest_last[:-LOGS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s: %s", path, error)


def end_with_parent(seconds: float = 0.5) -> None:
    """End this process when its parent has died: nobody would record the outcome."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
