"""Files: all below the folders that Longtail writes into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from catalog.privacy.audit.report import Looked
from catalog.privacy.audit.traces import MOST, Trace, unpacked

PIECE = 16 << 20
OVERLAP = 4096
"""Bytes that two pieces share, so that an id at their border is found."""


def look_in_files(traces: Sequence[Trace]) -> Iterator[Looked]:
    """One line for each folder of VAR_DIR, and one more for each file that holds a trace."""
    for folder in folders():
        parts = sorted(folder.iterdir()) if folder == Path(settings.VAR_DIR) else [folder]
        for part in parts:
            if part.is_symlink() or part in set(folders()) - {folder}:
                continue
            yield from _look_below(part, traces)


def folders() -> list[Path]:
    names = ("VAR_DIR", "ARTIFACTS_DIR", "FEED_DIR")
    wanted = dict.fromkeys(Path(getattr(settings, name)) for name in names)
    return [folder for folder in wanted if folder.is_dir()]


def _look_below(part: Path, traces: Sequence[Trace]) -> Iterator[Looked]:
    is_log = "logs" in part.parts
    looked = Looked("log" if is_log else "file", str(part), unit="bytes")
    held = []
    for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
        if path.is_symlink() or not path.is_file() or _is_database(path):
            continue
        try:
            found, possible = _look_in(path, traces)
            looked.amount += path.stat().st_size
        except FileNotFoundError:
            continue  # deleted meanwhile
        except OSError as error:
            held.append(Looked("file", str(path), unseen=True, note=f"not read: {error.strerror}"))
            continue
        looked.possible += possible and not found
        if found:
            held.append(Looked(looked.kind, str(path), 1, "file", 1, note=_note(path, is_log)))
    if part.is_dir() or not _is_database(part):
        yield looked
    yield from held


def _look_in(path: Path, traces: Sequence[Trace]) -> tuple[bool, bool]:
    """Whether the file or its name holds a trace; whether it may."""
    hits = {
        trace.is_weak and not trace.matches(path.stem)
        for trace in traces
        if trace.in_bytes(path.name.encode("utf-8", "surrogateescape"))
    }
    for content in _pieces(path):
        hits |= {trace.is_weak for trace in traces if trace.in_bytes(content)}
    return False in hits, True in hits


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start[:2] in (b"\x1f\x8b", b"PK") and path.stat().st_size <= MOST:
            yield from unpacked(file.read())
            return
        before = b""
        while piece := file.read(PIECE):
            yield before + piece
            before = piece[-OVERLAP:]


def _is_database(path: Path) -> bool:
    """SQLite's own files: their rows are looked at as tables."""
    if connection.vendor != "sqlite":
        return False
    name = str(connection.settings_dict["NAME"])
    return str(path) in {f"{name}{ending}" for ending in ("", "-wal", "-shm", "-journal")}


def _note(path: Path, is_log: bool) -> str:
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    last = f"last written {written:%Y-%m-%d %H:%M} UTC"
    return f"{last}; logs stay until you rotate or delete them" if is_log else last
