"""Trains in a fresh child process that has a time limit and ends with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from config import entry
from recommender.models import TrainingRun
from recommender.training import runs

Watch = Callable[[TrainingRun], None]

LOOK_SECONDS = 2.0
"""Between two checks of the child. Each writes a heartbeat to the run's row."""

TAIL_CHARACTERS = 2000


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
        if reason or child.returncode:
            died = _("The training process exited with code %(code)s.") % {"code": child.returncode}
            runs.fail_run(run_id=run.pk, error=f"{reason or died}\n{_tail(errors)}".strip())


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
        if not runs.beat(run_id=run.pk):
            return "" if _ended(child, seconds) else _("The run was abandoned.")
        if time.monotonic() > end:
            return _("Stopped after %(seconds)s seconds.") % {
                "seconds": settings.TRAINING_TIME_LIMIT
            }
        if watch:
            run.refresh_from_db()
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


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 4 * TAIL_CHARACTERS))
    return errors.read().decode(errors="replace")[-TAIL_CHARACTERS:]


def end_with_parent(seconds: float = 0.5) -> None:
    """End this process when its parent has died: nobody would record the outcome."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
