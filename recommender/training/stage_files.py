"""The results of a training's stages in files, so that the training can go on after a kill.

A file holds people's data and is deleted with its training (`recommender/training/stages.py`). It
is pickled, because only this product writes into the folder, with the rights of its own account.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

logger = logging.getLogger(__name__)

SUFFIX = ".stage"
MAGIC = b"longtail stage 1\n"
DIGEST = hashlib.sha256
DIGEST_SIZE = DIGEST().digest_size
READ_SIZE = 1 << 20


class Unusable(Exception):
    """A file that is damaged, or belongs to another training."""


def always() -> bool:
    return True


class StageFiles:
    """The stages of one training, one file each.

    A file has a magic line, the digest of its key, the pickled result and a checksum of all of it.

    Args:
        folder: of this training; nothing is stored if it is not there.
        key: what the results depend on: data, seed, code. A file with another key is ignored.
        allowed: asked before and after each write; where it says no, the file goes.
    """

    def __init__(self, folder: Path, key: str, allowed: Callable[[], bool] = always) -> None:
        self.folder, self.allowed = folder, allowed
        self._key = DIGEST(key.encode()).digest()

    def load(self, stage: str, known: Mapping[str, object]) -> Any:
        """The stored result; None if there is none, or if it cannot be used. The log says why."""
        path = self._path(stage)
        try:
            with path.open("rb") as file:
                self._verify(file)
                result = _Unpickler(file, known).load()
        except FileNotFoundError:
            return None
        except Exception as error:  # a damaged pickle raises anything
            logger.warning("%s is ignored, the stage is done again: %s", path, error)
            return None
        logger.info("the stage %s is taken from %s", stage, path)
        return result

    def save(self, stage: str, result: Any, known: Mapping[str, object]) -> None:
        """Write a file atomically. If that fails, the training goes on without it."""
        path = self._path(stage)
        try:
            if not self.allowed() or not self.folder.is_dir():
                return
            self._write(path, result, known)
            if not self.allowed():  # somebody was erased meanwhile
                path.unlink(missing_ok=True)
        except Exception as error:  # no space, or something that cannot be pickled
            logger.warning("the stage %s is not stored: %s: %s", stage, type(error).__name__, error)

    def _path(self, stage: str) -> Path:
        return self.folder / f"{stage}{SUFFIX}"

    def _write(self, path: Path, result: Any, known: Mapping[str, object]) -> None:
        unfinished = path.with_suffix(".unfinished")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "wb") as file:
                hashed = _HashingWriter(file)
                hashed.write(MAGIC + self._key)
                _Pickler(hashed, known).dump(result)
                file.write(hashed.digest.digest())
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
            _sync_folder(self.folder)
        finally:
            unfinished.unlink(missing_ok=True)

    def _verify(self, file: IO[bytes]) -> None:
        """Read the file once; leave it at the start of the pickle."""
        size = os.fstat(file.fileno()).st_size
        head = len(MAGIC) + DIGEST_SIZE
        if size < head + DIGEST_SIZE or file.read(len(MAGIC)) != MAGIC:
            raise Unusable("it is damaged")
        key = file.read(DIGEST_SIZE)
        digest = DIGEST(MAGIC + key)
        left = size - head - DIGEST_SIZE
        while left and (piece := file.read(min(READ_SIZE, left))):
            digest.update(piece)
            left -= len(piece)
        if not hmac.compare_digest(digest.digest(), file.read()):
            raise Unusable("it is damaged")
        if key != self._key:
            raise Unusable("it belongs to other data, another seed or other code")
        file.seek(head)


class _HashingWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, DIGEST()

    def write(self, piece: Any) -> int:
        self.digest.update(piece)
        return self._file.write(piece)


class _Pickler(pickle.Pickler):
    """Writes the name of an object that every attempt has, instead of its content."""

    def __init__(self, file: Any, known: Mapping[str, object]) -> None:
        super().__init__(file, protocol=5)
        self._names = {id(value): name for name, value in known.items()}

    def persistent_id(self, value: object) -> str | None:
        return self._names.get(id(value))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], known: Mapping[str, object]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, name: str) -> object:
        return self._known[name]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
