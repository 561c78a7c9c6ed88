"""Run a program in a process of its own and measure it."""

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
TOLD_CHARACTERS = 2000


class ChildFailed(Exception):
    """The program ended with an error; the message holds its last words."""


@dataclass(frozen=True)
class Measured:
    """``wall``, ``cpu``: seconds; ``peak``: MiB resident at once, of the program and all it started, by looking
    20 times a second; ``said``: its standard output."""

    wall: float
    cpu: float
    peak: int
    said: str


def run_measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Raises ChildFailed when the program does."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = psutil.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=errors)
        try:
            peak, cpu = _watch(child)
        finally:
            _end(child)
        wall = time.perf_counter() - began
        if child.returncode:
            raise ChildFailed(
                f"{' '.join(command)}: code {child.returncode}\n{_read(errors)[-TOLD_CHARACTERS:]}"
            )
        return Measured(wall, cpu, round(peak / MEBIBYTE), _read(said))


def _watch(child: psutil.Popen) -> tuple[int, float]:
    """Peak bytes and processor seconds, as last seen before the end."""
    peak, cpu = 0, 0.0
    while True:
        try:
            family = [child, *child.children(recursive=True)]
            peak = max(peak, sum(each.memory_info().rss for each in family))
            cpu = max(cpu, sum(sum(each.cpu_times()[:2]) for each in family))
        except psutil.NoSuchProcess:
            pass  # one of them ended while it was looked at
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
