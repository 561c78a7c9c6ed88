from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.text.word_vectors import WordVectors, load_word_vectors

GLOVE = "tea 1.0 0.5\n红茶 0.9 0.4\n"


def test_glove_text(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE)
    vectors = load_word_vectors(path)
    assert vectors.dimensions == 2
    np.testing.assert_allclose(vectors["红茶"], [0.9, 0.4], rtol=1e-6)
    assert "coffee" not in vectors


def test_word2vec_text_has_a_header_and_may_be_packed(tmp_path):
    path = tmp_path / "vectors.txt.gz"
    path.write_bytes(gzip.compress(("2 2\n" + GLOVE).encode()))
    assert load_word_vectors(path).words == ["tea", "红茶"]


def test_word2vec_binary(tmp_path):
    path = tmp_path / "vectors.bin"
    rows = [("tea", 1.0, 0.5), ("红茶", 0.9, 0.4)]
    body = b"".join(word.encode() + b" " + struct.pack("<2f", *numbers) + b"\n" for word, *numbers in rows)
    path.write_bytes(b"2 2\n" + body)
    vectors = load_word_vectors(path)
    assert vectors.words == ["tea", "红茶"]
    np.testing.assert_allclose(vectors.vectors, [[1, 0.5], [0.9, 0.4]], rtol=1e-6)


def test_only_wanted_words_are_kept(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE)
    assert load_word_vectors(path, wanted=frozenset({"红茶"})).words == ["红茶"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("g.txt", b"tea 1.0 0.5\npot 1.0 x\n", "line 2"),
        ("g.txt", b"tea 1.0 0.5\npot\n", "line 2"),
        ("g.bin", b"2 2\ntea \x00\x00", "word 1 of 2"),
        ("g.bin", b"nonsense\n", "first line"),
    ],
)
def test_a_damaged_file_is_refused_by_name_and_place(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as refused:
        load_word_vectors(tmp_path / name)
    assert name in str(refused.value)


def test_rows_skip_unknown_words():
    vectors = WordVectors(["a", "b"], np.eye(2, dtype=np.float32))
    assert vectors.rows(["b", "c", "a"]) == [1, 0]


def test_words_and_vectors_must_match():
    with pytest.raises(DataError, match="3 words"):
        WordVectors(["a", "b", "c"], np.eye(2, dtype=np.float32))
