"""A backup that is read: what it says of itself, and whether that is true."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from recommender.backup.manifest import (
    ARTIFACTS,
    CHECKSUM_NAME,
    FILE_NAME,
    BackupError,
    Manifest,
    read_manifest,
)
from recommender.engine.data.types import Progress

PIECE = 1 << 20


class Archive:
    """An open backup. ``manifest`` matches its checksum; `verify` looks at the rest."""

    def __init__(self, path: Path, tar: tarfile.TarFile) -> None:
        self._path, self._tar = path, tar
        self._members = {member.name: member for member in tar.getmembers()}
        content = self._whole(FILE_NAME)
        self.manifest: Manifest = read_manifest(content)
        if hashlib.sha256(content).hexdigest() != self._whole(CHECKSUM_NAME)[:64].decode():
            raise BackupError(f"{path}: {FILE_NAME} does not match its checksum.")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of an entry, a piece after another."""
        file = self._tar.extractfile(self._members[name])
        assert file is not None
        while piece := file.read(PIECE):
            yield piece

    def artifact_files(self) -> list[str]:
        return [name for name in self.manifest.entries if name.startswith(ARTIFACTS)]

    def verify(self, progress: Progress) -> None:
        """Read everything once.

        Raises:
            BackupError: names the first entry that is missing, too many or damaged.
        """
        entries, done = self.manifest.entries, 0
        self._check_names()
        for name, entry in entries.items():
            sha256, size = hashlib.sha256(), 0
            for piece in self.pieces(name):
                sha256.update(piece)
                size += len(piece)
                progress("checksums", (done + size) / max(1, self.manifest.bytes))
            if size != entry.bytes or sha256.hexdigest() != entry.sha256:
                raise BackupError(f"{self._path}: {name} is damaged: its checksum differs.")
            done += size

    def _check_names(self) -> None:
        """What is in the file is what the manifest lists, and lies where a backup may write."""
        expected = {*self.manifest.entries, FILE_NAME, CHECKSUM_NAME}
        if different := sorted(expected ^ set(self._members)):
            raise BackupError(f"{self._path}: {different[0]} is missing, or not in {FILE_NAME}.")
        for name, member in self._members.items():
            parts = PurePosixPath(name).parts
            if not member.isreg() or ".." in parts or name.startswith("/") or "\\" in name:
                raise BackupError(f"{self._path}: {name} is not a plain file below a folder.")

    def _whole(self, name: str) -> bytes:
        if name not in self._members:
            raise BackupError(f"{self._path}: has no {name}: it is cut off, or no backup.")
        return b"".join(self.pieces(name))


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup.

    Raises:
        BackupError: if it is no backup, cut off, or of a newer format.
    """
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115
    except (OSError, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BackupError(f"{path}: cannot be read: {reason}") from error
    with tar:
        try:
            yield Archive(path, tar)
        except tarfile.TarError as error:
            raise BackupError(f"{path}: cannot be read: {error}") from error
