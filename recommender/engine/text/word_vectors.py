"""Word vectors: read pretrained GloVe or word2vec files, and look up words."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import FloatArray

ENDINGS = (".txt", ".vec", ".bin")
"""Endings of word vector files; each may be followed by ``.gz``."""

MOST_DIMENSIONS = 10_000
MOST_LINE_BYTES = 2**20
"""Longest line: a binary file with a text file's name may have no line end at all."""

UNREADABLE = (EOFError, OSError, zlib.error)
Row = tuple[str, FloatArray]


@dataclass(frozen=True)
class WordVectors:
    """``vectors``: (len(words), dimensions) float32."""

    words: Sequence[str]
    vectors: FloatArray
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise DataError(f"vectors: shape {self.vectors.shape} for {len(self.words)} words")
        object.__setattr__(self, "index", {word: row for row, word in enumerate(self.words)})

    @property
    def dimensions(self) -> int:
        return int(self.vectors.shape[1])

    def __contains__(self, word: str) -> bool:
        return word in self.index

    def __getitem__(self, word: str) -> FloatArray:
        """The word's vector; KeyError if it is unknown."""
        vector: FloatArray = self.vectors[self.index[word]]
        return vector

    def rows(self, words: Iterable[str]) -> list[int]:
        """Row numbers of the known words."""
        return [self.index[word] for word in words if word in self.index]


def is_word_vector_file(path: Path) -> bool:
    """Whether the file's name has one of the known endings."""
    return path.name.lower().removesuffix(".gz").endswith(ENDINGS)


def read_word_vectors(path: Path) -> Iterator[Row]:
    """Each word with its (d,) float32 vector, in the order of the file.

    Reads GloVe text, word2vec text with a header line, and word2vec binary (``.bin``), also with
    gzip.

    Raises:
        DataError: names the file, and the line or byte that cannot be read.
    """
    name = path.name.lower()
    read = _binary_rows if name.removesuffix(".gz").endswith(".bin") else _text_rows
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path.name}: {error.strerror or error}") from error
    with file:
        if name.endswith(".gz"):
            yield from read(
                io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=file))), path
            )
        else:
            yield from read(file, path)


def _text_rows(file: IO[bytes], path: Path) -> Iterator[Row]:
    promised, found, width, number = None, 0, 0, 0
    try:
        for number, line in enumerate(iter(lambda: file.readline(MOST_LINE_BYTES), b""), start=1):
            pieces = line.decode("utf-8", errors="replace").rstrip(" \r\n").split(" ")
            if number == 1 and len(pieces) == 2:
                promised, width = _header(pieces, f"{path.name}, line 1")
                continue
            width = width or len(pieces) - 1
            yield " ".join(pieces[:-width]), _numbers(pieces, width, f"{path.name}, line {number}")
            found += 1
    except UNREADABLE as error:
        raise DataError(f"{path.name}, line {number + 1}: cannot be read: {error}") from error
    _check_count(found, found if promised is None else promised, f"{path.name}, line {number}")


def _numbers(pieces: list[str], width: int, where: str) -> FloatArray:
    """The last ``width`` pieces of a line. The word before them may contain spaces."""
    try:
        if 0 < width < len(pieces):
            return _finite(
                np.array([float(piece) for piece in pieces[-width:]], dtype=np.float32), where
            )
    except ValueError as error:
        if isinstance(error, DataError):
            raise
    raise DataError(f"{where}: expected a word and {width} numbers, got {' '.join(pieces)[:40]!r}")


def _binary_rows(file: IO[bytes], path: Path) -> Iterator[Row]:
    position, number = 0, 0
    try:
        first = file.readline(MOST_LINE_BYTES)
        count, width = _header(
            first.decode("utf-8", errors="replace").split(), f"{path.name}, byte 0"
        )
        position = len(first)
        for number in range(count):
            word, data = _read_word(file), file.read(4 * width)
            if len(data) < 4 * width:
                break
            where = f"{path.name}, byte {position}, word {number + 1} of {count}"
            yield (
                _decoded(word),
                _finite(np.frombuffer(data, dtype="<f4").astype(np.float32), where),
            )
            position += len(word) + 1 + len(data)
        else:
            number = count
    except UNREADABLE as error:
        raise DataError(f"{path.name}, byte {position}: cannot be read: {error}") from error
    _check_count(number, count, f"{path.name}, byte {position}")


def _read_word(file: IO[bytes]) -> bytes:
    """The bytes up to the next space; some tools put a line end before each word."""
    letters = bytearray()
    while (letter := file.read(1)) not in (b" ", b"") and len(letters) < MOST_LINE_BYTES:
        letters += letter
    return bytes(letters)


def _decoded(word: bytes) -> str:
    return word.lstrip(b"\n").decode("utf-8", errors="replace")


def _header(pieces: Sequence[str], where: str) -> tuple[int, int]:
    try:
        count, width = (int(piece) for piece in pieces)
    except ValueError:
        count, width = 0, 0
    if count < 1 or not 1 <= width <= MOST_DIMENSIONS:
        raise DataError(
            f"{where}: the first line must hold the number of words and of dimensions"
            f" (1 to {MOST_DIMENSIONS}), got {' '.join(pieces)[:40]!r}"
        )
    return count, width


def _finite(vector: FloatArray, where: str) -> FloatArray:
    if not np.isfinite(vector).all():
        raise DataError(f"{where}: a number is infinite or none at all")
    return vector


def _check_count(found: int, promised: int, where: str) -> None:
    if found != promised:
        raise DataError(
            f"{where}: holds {found} of the {promised} words that its first line promises"
        )
    if not found:
        raise DataError(f"{where}: holds no words")
