"""A text encoder on a file of pretrained word vectors: GloVe, word2vec, fastText's ``.vec``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender.engine.data.errors import DataError, EncoderError
from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.text.packed_word_vectors import PackedWordVectors
from recommender.engine.text.tokenizers import tokenize
from recommender.engine.text.word_vectors import ENDINGS, is_word_vector_file

CHUNK = 4096
"""Texts between two progress reports."""


class WordFileEncoder:
    """The mean of a text's word vectors, each of length 1. The file is read at first use.

    ``folder``: stores the packed form of the file. ``setting``: the name shown in errors.

    Raises:
        EncoderError: if there is no such file, or its name has an unknown ending.
    """

    def __init__(self, path: Path, folder: Path, setting: str) -> None:
        self.path, self.folder, self.setting = path, folder, setting
        self.name = path.name
        self._lock = threading.Lock()
        self._packed: PackedWordVectors | None = None
        if not is_word_vector_file(path):
            raise self._error(f"ends in none of {', '.join(ENDINGS)}, or these with .gz")
        if not path.is_file():
            raise self._error("no such file")

    @property
    def dimension(self) -> int:
        return self._vectors().dimensions

    @property
    def fingerprint(self) -> str:
        """Checksum of the file's content."""
        return self._vectors().fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        """(len(texts), dimension) float32 rows of length 1; zeros for texts without known words.

        Raises:
            EncoderError: names the setting, the file, and the line or byte that cannot be read.
        """
        vectors = self._vectors()
        rows = np.zeros((len(texts), vectors.dimensions), dtype=np.float32)
        for done, text in enumerate(texts, start=1):
            rows[done - 1] = vectors.mean(tokenize(text))
            if done % CHUNK == 0 or done == len(texts):
                progress("encoding", done / len(texts))
        return rows

    def _vectors(self) -> PackedWordVectors:
        with self._lock:
            if self._packed is None:
                self._packed = self._open()
            return self._packed

    def _open(self) -> PackedWordVectors:
        try:
            return PackedWordVectors.open(self.path, self.folder)
        except (DataError, OSError) as error:
            raise self._error(str(error)) from error

    def _error(self, reason: str) -> EncoderError:
        return EncoderError(f"{self.setting}={self.path}: {reason}")
