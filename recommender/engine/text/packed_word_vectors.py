"""Word vectors on disk, in a form that any number of processes map into memory and share.

A file of GloVe or word2vec holds millions of words as text. It is read once. Afterwards a process
that looks up the words of one typed text touches a few pages of these arrays and holds no table of
its own.
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
"""Raised when the same file gives other vectors than before."""


@dataclass(frozen=True)
class PackedWordVectors:
    """Vectors, and where each word's is.

    ``vectors``: (n, d) float16 rows of length 1; ``keys``: (m,) hashes of words, ascending;
    ``rows``: (m,) the row of each key. Of words that become one when folded, the file's first counts.
    """

    vectors: NDArray[np.float16]
    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]
    fingerprint: str

    @property
    def dimensions(self) -> int:
        return int(self.vectors.shape[1])

    def mean(self, words: Sequence[str]) -> FloatArray:
        """(d,) float32 of length 1: the mean of the words that are known; zeros where none is."""
        wanted = np.array([_key(word) for word in words], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        rows = self.rows[places[self.keys[places] == wanted]]
        total = self.vectors[rows].sum(axis=0, dtype=np.float32)
        mean: FloatArray = unit_rows(total[None])[0]
        return mean

    @classmethod
    def open(cls, path: Path, folder: Path) -> Self:
        """Open what was packed of the file at ``path``.

        The file is packed into ``folder`` if it was not yet, or has changed.

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
    """Changes when the file does, without reading it."""
    try:
        found = path.stat()
        stamp = f"{found.st_size}:{found.st_mtime_ns}"
    except OSError:
        stamp = "missing"
    return hashlib.sha256(
        f"{VERSION}:{path.resolve()}:{stamp}".encode(errors="surrogatepass")
    ).hexdigest()[:32]


def _pack(path: Path, packed: Path) -> None:
    """Write beside the final place, then rename: nobody ever opens half of it."""
    packed.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=packed.parent, prefix="."))
    try:
        about = _write(path, beside)
        (beside / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        _put(beside, packed)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _put(beside: Path, packed: Path) -> None:
    shutil.rmtree(packed, ignore_errors=True)  # damaged, or it would have been opened
    try:
        os.replace(beside, packed)
    except OSError:
        if not (packed / ABOUT).is_file():  # another process was faster otherwise
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
    """64 bits: of three million words no two are likely to share one (1 in 4 million)."""
    return int.from_bytes(
        hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest(), "little"
    )
