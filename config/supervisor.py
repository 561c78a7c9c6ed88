"""Starts a few processes, starts again what ends, and stops them in reverse order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

PR_SET_PDEATHSIG = 1


FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process that ended is started again; twice as long after each end."""

STEADY = 60.0
"""A process that ran so many seconds before it ended counts as started well."""


class ProcessDied(Exception):
    """A process ended while nothing may be missing; the message has the end of its log."""


@dataclass
class Watched:
    """``folder``: where it runs. It gets ``stop_by`` and ``patience`` seconds to end by itself."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    log: Path
    started: float
    patience: float
    stop_by: signal.Signals = signal.SIGTERM
    folder: Path | None = None
    pause: float = FIRST_PAUSE
    again_at: float | None = None


class Supervisor:
    """A context manager. Leaving it, for any reason, stops everything that was started."""

    def __init__(self, logs: Path, environment: Mapping[str, str], patience: float = 15.0) -> None:
        self.logs, self.environment, self.patience = logs, dict(environment), patience
        self.watched: list[Watched] = []
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Supervisor:
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._former[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        for number, handler in self._former.items():
            signal.signal(number, handler)

    @staticmethod
    def _interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        patience: float | None = None,
        stop_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Run a command with its output in ``<logs>/<name>.log``."""
        log = self.logs / f"{name}.log"
        log.write_bytes(b"")
        process = self._run(command, log, folder)
        patience = self.patience if patience is None else patience
        self.watched.append(
            Watched(name, command, process, log, time.monotonic(), patience, stop_by, folder)
        )

    def restart(self, name: str) -> None:
        """Stop one process as `stop` does, and run its command again."""
        (watched,) = (each for each in self.watched if each.name == name)
        _end(watched)
        watched.process = self._run(watched.command, watched.log, watched.folder)
        watched.started, watched.again_at = time.monotonic(), None

    def wait_for(self, ready: Callable[[], object], what: str, seconds: float) -> None:
        """Wait until ``ready`` says so.

        Raises:
            ProcessDied: a process ended meanwhile, or ``what`` took longer than ``seconds``.
        """
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise ProcessDied(f"{what} did not answer within {seconds:.0f} s; see {self.logs}")
            time.sleep(0.1)

    def _run(
        self, command: Sequence[str], log: Path, folder: Path | None
    ) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 (our own commands)
                command,
                cwd=folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_leave_terminal_and_die_with_parent,
            )

    def check(self) -> None:
        """Raise ProcessDied if any process is no longer there."""
        for watched in self.watched:
            if (code := watched.process.poll()) is not None:
                raise ProcessDied(
                    f"{watched.name} ended with code {code}; the end of "
                    f"{watched.log}:\n{_tail(watched.log)}"
                )

    def watch(self) -> None:
        """Block until Ctrl-C (KeyboardInterrupt), and start again what ends meanwhile."""
        while True:
            for sentence in self.revive():
                print(sentence, flush=True)  # noqa: T201 (the supervisor's only face)
            time.sleep(0.5)

    def revive(self) -> list[str]:
        """Start again what has ended, after a pause that grows. Returns what happened."""
        return [said for watched in self.watched if (said := self._revive(watched))]

    def _revive(self, watched: Watched) -> str:
        now = time.monotonic()
        if (code := watched.process.poll()) is None:
            return ""
        if watched.again_at is None:
            steady = now - watched.started > STEADY
            watched.pause = FIRST_PAUSE if steady else watched.pause
            watched.again_at = now + watched.pause
            watched.pause = min(2 * watched.pause, LONGEST_PAUSE)
            return f"{watched.name} ended with code {code} and is started again; see {watched.log}"
        if now >= watched.again_at:
            watched.process = self._run(watched.command, watched.log, watched.folder)
            watched.started, watched.again_at = now, None
        return ""

    def stop(self) -> None:
        for watched in reversed(self.watched):
            _end(watched)
        self.watched.clear()


def _end(watched: Watched) -> None:
    if watched.process.poll() is None:
        watched.process.send_signal(watched.stop_by)
        try:
            watched.process.wait(watched.patience)
        except subprocess.TimeoutExpired:
            os.killpg(watched.process.pid, signal.SIGKILL)
            watched.process.wait()


def _leave_terminal_and_die_with_parent() -> None:
    """Ctrl-C then reaches only the supervisor. If that is killed, its children are killed too."""
    os.setsid()
    if hasattr(ctypes, "CDLL") and os.uname().sysname == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _tail(path: Path, lines: int = 20) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
