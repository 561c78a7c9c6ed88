"""A list of words as two numeric arrays, so that artifacts need no pickle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def pack_words(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The UTF-8 bytes of all words, and the (len(words) + 1,) offsets into them."""
    encoded = [word.encode() for word in words]
    offsets = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets


def unpack_word(letters: NDArray[np.uint8], offsets: NDArray[np.int64], index: int) -> str:
    return letters[offsets[index] : offsets[index + 1]].tobytes().decode()
