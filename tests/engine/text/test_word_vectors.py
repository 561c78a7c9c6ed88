from __future__ import annotations

import gzip
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.text.word_vectors import (
    WordVectors,
    is_word_vector_file,
    read_word_vectors,
)
from tests.engine.text.word_files import FILES, WORDS, write_word_file

GLOVE = b"tea 1.0 0.5\n\xe7\xba\xa2\xe8\x8c\xb6 0.9 0.4\n"
BINARY = (
    b"2 2\ntea " + struct.pack("<2f", 1.0, 0.5) + b"\npot " + struct.pack("<2f", 0.9, 0.4) + b"\n"
)


def read_all(path: Path) -> WordVectors:
    words, vectors = zip(*read_word_vectors(path), strict=True)
    return WordVectors(list(words), np.array(vectors))


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_words_and_their_vectors(tmp_path, name):
    vectors = read_all(write_word_file(tmp_path / name))
    assert vectors.words == list(WORDS)
    np.testing.assert_allclose(vectors.vectors, list(WORDS.values()), rtol=1e-6)
    assert "coffee" not in vectors


def test_a_binary_file_may_have_line_ends_between_words(tmp_path):
    (tmp_path / "v.bin").write_bytes(BINARY)
    vectors = read_all(tmp_path / "v.bin")
    assert vectors.words == ["tea", "pot"]
    np.testing.assert_allclose(vectors["pot"], [0.9, 0.4], rtol=1e-6)


def test_a_word_in_a_text_file_may_contain_spaces(tmp_path):
    (tmp_path / "v.txt").write_text("tea 1.0 0.5\n. . . 0.1 0.2\n")
    assert read_all(tmp_path / "v.txt").words == ["tea", ". . ."]


def test_a_line_may_end_with_a_space(tmp_path):
    (tmp_path / "v.vec").write_text("1 2\r\ntea 1.0 0.5 \r\n")
    np.testing.assert_allclose(read_all(tmp_path / "v.vec")["tea"], [1.0, 0.5])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("g.txt", b"tea 1.0 0.5\npot 1.0 x\n", "line 2: expected a word and 2 numbers"),
        ("g.txt", b"tea 1.0 0.5\npot\n", "line 2: expected a word and 2 numbers"),
        ("g.txt", b"tea 1.0 0.5\npot 1.0 nan\n", "line 2: a number is infinite"),
        ("g.txt", b"tea\n", "line 1: expected a word"),
        ("g.txt", b"", "line 0: holds no words"),
        ("g.vec", b"3 2\ntea 1.0 0.5\npot 1.0 0.5\n", "line 3: holds 2 of the 3 words"),
        ("g.vec", BINARY, "line 2: expected a word and 2 numbers"),
        ("g.vec", b"0 2\n", "line 1: the first line must hold"),
        ("g.txt.gz", b"tea 1.0 0.5\n", "line 1: cannot be read: Not a gzipped file"),
        ("g.txt.gz", gzip.compress(GLOVE, mtime=0)[:-10], "cannot be read: Compressed file ended"),
        ("g.bin", BINARY[:-4], "byte 16: holds 1 of the 2 words"),
        ("g.bin", b"nonsense\n", "byte 0: the first line"),
        ("g.bin", b"2 -1\n", "byte 0: the first line"),
        ("g.bin", GLOVE, "byte 0: the first line"),
        (
            "g.bin",
            b"1 2\ntea " + struct.pack("<2f", 1.0, np.inf),
            "byte 4, word 1 of 1: a number is infinite",
        ),
        (
            "g.bin.gz",
            gzip.compress(BINARY, mtime=0)[:-12],
            "byte .*: cannot be read: Compressed file ended",
        ),
    ],
)
def test_a_damaged_file_is_rejected_with_name_and_position(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        read_all(tmp_path / name)
    assert name in str(error.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(DataError, match=r"none\.vec: No such file"):
        read_all(tmp_path / "none.vec")


def test_word_vector_files_are_recognised_by_their_names(tmp_path):
    assert all(is_word_vector_file(tmp_path / name) for name in (*FILES, "GoogleNews.BIN.GZ"))
    assert not any(
        is_word_vector_file(tmp_path / name)
        for name in ("model.onnx", "words.gz", "words.csv", "vec")
    )


def test_reading_needs_no_gensim(tmp_path):
    path = write_word_file(tmp_path / "word2vec.bin.gz")
    code = (
        "import sys; from pathlib import Path;"
        "from recommender.engine.text.word_file_encoder import WordFileEncoder as E;"
        f"made = E(Path({str(path)!r}), Path({str(tmp_path)!r}), 'X').encode(['tea']);"
        "print(made.any(), 'gensim' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True False\n"


def test_rows_skip_unknown_words():
    vectors = WordVectors(["a", "b"], np.eye(2, dtype=np.float32))
    assert vectors.rows(["b", "c", "a"]) == [1, 0]


def test_words_and_vectors_must_match():
    with pytest.raises(DataError, match="3 words"):
        WordVectors(["a", "b", "c"], np.eye(2, dtype=np.float32))
