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
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from config import entry
from recommender.models import TrainingRun
from recommender.training import runs
from recommender.training.database_outage import AWAY, outlasting
from recommender.training.failure_causes import cause_of, last_words

logger = logging.getLogger(__name__)

Watch = Callable[[TrainingRun], None]

LOOK_SECONDS = 2.0
"""Between two checks of the child. Each writes a heartbeat to the run's row."""

MOST_OUTPUT = 200_000
"""Last bytes of the output that are stored."""

LOGS = 50


def train(run: TrainingRun, *, watch: Watch | None = None, seconds: float = LOOK_SECONDS) -> None:
    """Carry out a claimed run in a child process and wait for it. Errors are written to the run.

    The child is a fresh interpreter, because a process that is forked after TensorFlow has run
    hangs. It is killed with all its children after TRAINING_TIME_LIMIT, or when the run is failed
    elsewhere.

    Args:
        run: claimed by this process.
        watch: called with the refreshed run between two checks, for a progress line.
        seconds: between two checks.
    """
    with tempfile.TemporaryFile() as errors:
        child = _start(run, errors)
        try:
            reason = _wait(child, run, watch, seconds)
        finally:
            _kill(child)
        output = _output(errors)
        _store_log(run, output)
        if reason or child.returncode:
            error = (
                f"{reason}\n{last_words(output)}" if reason else cause_of(child.returncode, output)
            )
            outlasting(lambda: runs.fail_run(run_id=run.pk, error=error.strip()))


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
    child: subprocess.Popen[bytes], run: TrainingRun, watch: Watch | None, seconds: float
) -> str:
    """Wait until the child ends. Returns why it must be killed, or an empty text."""
    end = time.monotonic() + settings.TRAINING_TIME_LIMIT
    while not _ended(child, seconds):
        if not _beats(run):
            return "" if _ended(child, seconds) else _("The run was abandoned.")
        if time.monotonic() > end:
            return _("Stopped after %(seconds)s seconds.") % {
                "seconds": settings.TRAINING_TIME_LIMIT
            }
        if watch:
            outlasting(run.refresh_from_db)
            watch(run)
    return ""


def _beats(run: TrainingRun) -> bool:
    """False if the run must stop. While the database is away the child goes on."""
    try:
        return runs.beat(run_id=run.pk)
    except AWAY as error:
        logger.warning("no heartbeat of %s: %s", run.pk, error)
        connection.close()
        return True


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
