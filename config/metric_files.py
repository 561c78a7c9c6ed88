"""Where the processes of one machine count together: a folder with files of each process.

This is prometheus_client's multiprocess mode with two additions. Containers share the folder, so a
process is known by host and number. And the counts of processes that ended are added up in one
file: workers and trainings come and go for months, and what they counted must stay.

https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import CollectorRegistry

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's own variable; child processes inherit it."""

ARCHIVE = "ended"
"""Stands for all processes that ended, in the names of their files."""

_alive: int | None = None
"""Open as long as this process lives: the lock on it says so to others."""


def prepare(folder: Path) -> None:
    """Let this process, and those that it starts, count in the folder.

    It must run before the first figure is made. A second call does nothing.

    Raises:
        OSError: if the folder cannot be written.
    """
    if _alive is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(process_id)
    _show_life()
    os.register_at_fork(after_in_child=_show_life_of_child)


def process_id() -> str:
    """Unlike a number alone, this is no other process of another container."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    return f"{host}-{os.getpid()}"


def registry() -> CollectorRegistry | None:
    """The counts of all processes, those that ended too; None if this process counts for itself."""
    folder = os.environ.get(FOLDER)
    if not folder or not os.path.isdir(folder):
        return None
    found = CollectorRegistry()
    found.register(_Together(Path(folder)))  # type: ignore[arg-type]
    return found


class _Together:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterable[object]:
        with _locked(self.folder):
            _add_up_ended(self.folder)
            return MultiProcessCollector(None, str(self.folder)).collect()


def _show_life() -> None:
    global _alive
    folder = Path(os.environ[FOLDER])
    with _locked(folder):
        _alive = os.open(folder / f"{process_id()}.alive", os.O_CREAT | os.O_RDWR, 0o644)
        fcntl.flock(_alive, fcntl.LOCK_EX)


def _show_life_of_child() -> None:
    """A forked process has a copy of its parent's lock, which it gives up for its own."""
    if _alive is not None:
        os.close(_alive)
    try:
        _show_life()
    except OSError:  # the folder was removed; nothing may fail for that
        return


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else adds up or begins meanwhile."""
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # a fork may have a copy of it
        os.close(lock)


def _add_up_ended(folder: Path) -> None:
    alive = {file.stem for file in folder.glob("*.alive") if _lives(file)}
    by_type = defaultdict(list)
    for file in folder.glob("*.db"):
        kind, _type, owner = file.stem.partition("_")
        if owner != ARCHIVE and owner.rpartition("_")[2] not in alive:
            by_type[kind].append(file)
    for kind, files in by_type.items():
        if kind in ("counter", "histogram", "summary"):  # a gauge ends with its process
            _add_up(folder / f"{kind}_{ARCHIVE}.db", files)
        for file in files:
            file.unlink()
    for file in folder.glob("*.alive"):
        if file.stem not in alive:
            file.unlink()


def _lives(file: Path) -> bool:
    if file.stem == process_id():
        return True
    lock = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _add_up(archive: Path, files: list[Path]) -> None:
    """Write the sums of the files, and of the archive so far, to the archive."""
    sums: dict[str, float] = defaultdict(float)
    for file in [*files, *([archive] if archive.exists() else [])]:
        for key, value, _time, _position in MmapedDict.read_all_values_from_file(str(file)):
            sums[key] += value
    new = archive.with_suffix(".new")
    new.unlink(missing_ok=True)
    written = MmapedDict(str(new))
    for key, value in sums.items():
        written.write_value(key, value, 0.0)
    written.close()
    new.replace(archive)
