"""Word vectors as arrays on disk that several processes map into memory and share.

A GloVe or word2vec file contains millions of words. It is read only once. A process that looks up
the words of one text then reads a few pages of the arrays and needs no table in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray
from recommender.engine.text.tokenizers import folded_word
from recommender.engine.text.whitening import unit_rows
from recommender.engine.text.word_vectors import read_word_vectors

VECTORS, KEYS, ROWS, ABOUT = "vectors.f2", "keys.npy", "rows.npy", "about.json"
VERSION = 1
"""Increase it when the same file gives other vectors than before."""


@dataclass(frozen=True)
class PackedWordVectors:
    """Vectors, and the row of each word.

    ``vectors``: (n, d) float16 rows of length 1. ``keys``: (m,) hashes of words, ascending.
    ``rows``: (m,) the row of each key. If several words fold to the same form, the first one in
    the file counts.
    """

    vectors: NDArray[np.float16]
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]
    fingerprint: str

    @property
    def dimensions(self) -> int:
        return int(self.vectors.shape[1])

    def mean(self, words: Sequence[str]) -> FloatArray:
        """(d,) float32 of length 1: the mean of the known words; zeros if there are none."""
        wanted = np.array([_key(word) for word in words], dtype=np.uint64)
        positions = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        rows = self.rows[positions[self.keys[positions] == wanted]]
        total = self.vectors[rows].sum(axis=0, dtype=np.float32)
        mean: FloatArray = unit_rows(total[None])[0]
        return mean

    @classmethod
    def open(cls, path: Path, folder: Path) -> Self:
        """Open the packed form of the file at ``path``.

        The file is packed into ``folder`` first if it is new or has changed.

        Raises:
            DataError: if the file cannot be read.
            OSError: if the folder cannot be written.
        """
        packed = folder / _name(path)
        try:
            return cls._load(packed)
        except (OSError, EOFError, ValueError, KeyError):
            _pack(path, packed)
            return cls._load(packed)

    @classmethod
    def _load(cls, packed: Path) -> Self:
        about = json.loads((packed / ABOUT).read_text(encoding="utf-8"))
        vectors = np.memmap(
            packed / VECTORS, "<f2", "r", shape=(about["words"], about["dimensions"])
        )
        keys, rows = (np.load(packed / name, mmap_mode="r") for name in (KEYS, ROWS))
        return cls(vectors, keys, rows, about["fingerprint"])


def _name(path: Path) -> str:
    """A name that changes with the file's size and time of change; does not read the file."""
    try:
        found = path.stat()
        stamp = f"{found.st_size}:{found.st_mtime_ns}"
    except OSError:
        stamp = "missing"
    return hashlib.sha256(
        f"{VERSION}:{path.resolve()}:{stamp}".encode(errors="surrogatepass")
    ).hexdigest()[:32]


def _pack(path: Path, packed: Path) -> None:
    """Write to a temporary folder, then rename it, so that nobody opens an incomplete one."""
    packed.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=packed.parent, prefix="."))
    try:
        about = _write(path, temporary)
        (temporary / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        _publish(temporary, packed)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _publish(temporary: Path, packed: Path) -> None:
    shutil.rmtree(packed, ignore_errors=True)  # a folder that is still there is damaged
    try:
        os.replace(temporary, packed)
    except OSError:
        if not (packed / ABOUT).is_file():  # if it is there, another process was faster
            raise


def _write(path: Path, folder: Path) -> dict[str, object]:
    keys, dimensions = array("Q"), 0
    with (folder / VECTORS).open("wb") as file:
        for word, vector in read_word_vectors(path):
            keys.append(_key(folded_word(word)))
            file.write(unit_rows(vector[None]).astype("<f2").tobytes())
            dimensions = len(vector)
    unique, rows = np.unique(np.frombuffer(keys, dtype=np.uint64), return_index=True)
    np.save(folder / KEYS, unique)
    np.save(folder / ROWS, rows)
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    return {
        "words": len(keys),
        "dimensions": dimensions,
        "fingerprint": f"word-vectors-{VERSION}:{digest}",
    }


def _key(word: str) -> int:
    """A 64-bit hash: two of three million words share one with a probability of 1 in 4 million."""
    return int.from_bytes(
        hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest(), "little"
    )
