"""Small word vector files in every format, written by gensim."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WORDS = {
    "tea": [1.0, 0.5, 0.0],
    "Kettles": [0.0, 1.0, 0.0],
    "红茶": [0.9, 0.4, 0.1],
    "towel": [0.0, 0.0, 2.0],
}
FILES = ("glove.txt", "glove.txt.gz", "fast.vec", "fast.vec.gz", "word2vec.bin", "word2vec.bin.gz")


def write_word_file(path: Path) -> Path:
    """Write the file. GloVe's text has no header line, all other formats have one."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(3)
    vectors.add_vectors(list(WORDS), np.array(list(WORDS.values()), dtype=np.float32))
    vectors.save_word2vec_format(
        str(path), binary=".bin" in path.name, write_header=".txt" not in path.name
    )
    return path
