"""Word vectors: load pretrained GloVe or word2vec files, look words up."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import FloatArray


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
        """The word's vector; KeyError when it is unknown."""
        return self.vectors[self.index[word]]

    def rows(self, words: Iterable[str]) -> list[int]:
        """Row numbers of those words that are known."""
        return [self.index[word] for word in words if word in self.index]


def load_word_vectors(path: Path, *, wanted: frozenset[str] | None = None) -> WordVectors:
    """Read GloVe text, word2vec text (with its header line) or word2vec binary (``.bin``), gzipped or not.

    ``wanted`` keeps only those words, so that a file of millions costs the memory of a catalogue's vocabulary.

    Raises:
        DataError: naming the file and the line or word at which it stops making sense.
    """
    read = _read_binary if path.name.removesuffix(".gz").endswith(".bin") else _read_text
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            return read(cast(IO[bytes], packed), path, wanted)
    with path.open("rb") as file:
        return read(file, path, wanted)


def _read_text(file: IO[bytes], path: Path, wanted: frozenset[str] | None) -> WordVectors:
    words: list[str] = []
    vectors: list[FloatArray] = []
    width = None
    for number, line in enumerate(file, start=1):
        pieces = line.decode("utf-8", errors="replace").rstrip().split(" ")
        if number == 1 and len(pieces) == 2:
            continue
        width = width or len(pieces) - 1
        vector = _numbers(pieces[-width:], len(pieces) - width >= 1, path, number)
        word = " ".join(pieces[:-width])
        if wanted is None or word in wanted:
            words.append(word)
            vectors.append(vector)
    return WordVectors(words, np.array(vectors, dtype=np.float32).reshape(len(words), width or 0))


def _numbers(pieces: list[str], complete: bool, path: Path, line: int) -> FloatArray:
    try:
        if complete:
            return np.array(pieces, dtype=np.float32)
    except ValueError:
        pass
    raise DataError(
        f"{path.name}, line {line}: expected a word and {len(pieces)} numbers, got {' '.join(pieces)[:40]!r}"
    )


def _read_binary(file: IO[bytes], path: Path, wanted: frozenset[str] | None) -> WordVectors:
    try:
        count, width = (int(number) for number in file.readline().split())
    except ValueError as error:
        raise DataError(f"{path.name}: the first line must hold the number of words and of dimensions") from error
    words: list[str] = []
    vectors: list[FloatArray] = []
    for number in range(count):
        word = _read_word(file)
        data = file.read(4 * width)
        if len(data) < 4 * width:
            raise DataError(f"{path.name}: ends inside word {number + 1} of {count}")
        if wanted is None or word in wanted:
            words.append(word)
            vectors.append(np.frombuffer(data, dtype="<f4"))
    return WordVectors(words, np.array(vectors, dtype=np.float32).reshape(len(words), width))


def _read_word(file: IO[bytes]) -> str:
    letters = bytearray()
    while (letter := file.read(1)) not in (b" ", b""):
        if letter != b"\n":
            letters += letter
    return letters.decode("utf-8", errors="replace")
