"""Run a program in a child process and measure it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
LOOK_SECONDS = 0.05
MEBIBYTE = 2**20
SHOWN_CHARACTERS = 2000


class ChildFailed(Exception):
    """The program failed; the message has the end of its error output."""


@dataclass(frozen=True)
class Measured:
    """Measurements of a program and its child processes.

    Attributes:
        wall, cpu: seconds.
        peak: MiB resident at once, sampled 20 times a second.
        output: the standard output.
    """

    wall: float
    cpu: float
    peak: int
    output: str


def run_measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run ``command`` and measure it.

    Raises:
        ChildFailed: if the program fails.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = psutil.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=errors)
        try:
            peak, cpu = _watch(child)
        finally:
            _end(child)
        wall = time.perf_counter() - began
        if child.returncode:
            raise ChildFailed(
                f"{' '.join(command)}: code {child.returncode}\n{_read(errors)[-SHOWN_CHARACTERS:]}"
            )
        return Measured(wall, cpu, round(peak / MEBIBYTE), _read(output))


def _watch(child: psutil.Popen) -> tuple[int, float]:
    """Peak bytes and processor seconds, as last sampled."""
    peak, cpu = 0, 0.0
    while True:
        try:
            family = [child, *child.children(recursive=True)]
            peak = max(peak, sum(each.memory_info().rss for each in family))
            cpu = max(cpu, sum(sum(each.cpu_times()[:2]) for each in family))
        except psutil.NoSuchProcess:
            pass  # a process ended between the list and the sample
        try:
            child.wait(timeout=LOOK_SECONDS)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            continue
        return peak, cpu


def _end(child: psutil.Popen) -> None:
    if child.poll() is None:
        for each in [*child.children(recursive=True), child]:
            each.kill()
        child.wait()


def _read(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    return file.read().decode(errors="replace")  # type: ignore[attr-defined]
