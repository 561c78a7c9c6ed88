from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import EncoderError
from recommender.engine.text.packed_word_vectors import PackedWordVectors
from recommender.engine.text.word_file_encoder import WordFileEncoder
from tests.engine.text.word_files import FILES, write_word_file


def encoder(path, folder=None) -> WordFileEncoder:
    return WordFileEncoder(path, folder or path.parent / "packed", "TEXT_ENCODER")


@pytest.mark.parametrize("name", FILES)
def test_a_text_is_the_mean_of_its_words_whatever_the_format(tmp_path, name):
    made = encoder(write_word_file(tmp_path / name))
    [tea, both, unknown, empty] = made.encode(["tea", "Tea TOWELS!", "coffee", ""])
    assert (made.dimension, made.name) == (3, name)
    unit = np.array([1.0, 0.5, 0.0]) / np.linalg.norm([1.0, 0.5, 0.0])
    np.testing.assert_allclose(tea, unit, atol=1e-3)
    mean = unit + np.array([0, 0, 1])
    np.testing.assert_allclose(both, mean / np.linalg.norm(mean), atol=1e-3)
    assert not unknown.any()
    assert not empty.any()


def test_words_are_looked_up_in_folded_form(tmp_path):
    [kettle, tea, red_tea] = encoder(write_word_file(tmp_path / "v.vec")).encode(
        ["a kettle", "tea", "红茶"]
    )
    np.testing.assert_allclose(kettle, [0, 1, 0], atol=1e-3)
    assert tea @ red_tea > 0.95


def test_the_first_of_several_words_with_the_same_folded_form_counts(tmp_path):
    (tmp_path / "v.txt").write_text("Tea 1 0\nteas 0 1\ntea 0 1\n")
    np.testing.assert_allclose(encoder(tmp_path / "v.txt").encode(["tea"]), [[1, 0]], atol=1e-3)


def test_the_fingerprint_depends_on_the_content(tmp_path):
    first, copy, other = (write_word_file(tmp_path / name) for name in ("a.txt", "b.txt", "c.vec"))
    assert encoder(first).fingerprint == encoder(copy).fingerprint
    assert encoder(first).fingerprint != encoder(other).fingerprint


def test_a_file_is_read_once_for_all_processes(tmp_path, monkeypatch):
    path = write_word_file(tmp_path / "v.txt")
    made = encoder(path).encode(["tea"])
    monkeypatch.delattr("recommender.engine.text.packed_word_vectors.read_word_vectors")
    np.testing.assert_array_equal(encoder(path).encode(["tea"]), made)


def test_a_file_that_changed_is_read_again(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("tea 1 0\n")
    before = encoder(path)
    np.testing.assert_allclose(before.encode(["tea"]), [[1, 0]])
    path.write_text("tea 0 1\npot 1 0\n")
    after = encoder(path)
    np.testing.assert_allclose(after.encode(["tea"]), [[0, 1]])
    assert before.fingerprint != after.fingerprint


@pytest.mark.parametrize("name", ["vectors.f2", "keys.npy", "about.json"])
def test_a_damaged_packed_form_is_replaced(tmp_path, name):
    path = write_word_file(tmp_path / "v.txt")
    made = encoder(path).encode(["tea"])
    [damaged] = (tmp_path / "packed").glob(f"*/{name}")
    damaged.write_bytes(b"")
    np.testing.assert_array_equal(encoder(path).encode(["tea"]), made)


def test_an_unreadable_file_leaves_nothing_behind(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("tea 1 0\npot 1\n")
    with pytest.raises(
        EncoderError, match=r"^TEXT_ENCODER=.*v\.txt: v\.txt, line 2: expected a word and 2"
    ):
        encoder(path).encode(["tea"])
    assert not list((tmp_path / "packed").iterdir())


def test_a_missing_file_is_reported_with_setting_and_path(tmp_path):
    with pytest.raises(EncoderError, match=r"TEXT_ENCODER=.*none\.vec: no such file"):
        encoder(tmp_path / "none.vec")


def test_a_file_with_an_unknown_ending_is_rejected(tmp_path):
    (tmp_path / "words.csv").write_text("tea")
    with pytest.raises(
        EncoderError, match=r"TEXT_ENCODER=.*words\.csv: ends in none of \.txt, \.vec, \.bin"
    ):
        encoder(tmp_path / "words.csv")


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "packed").write_text("a file")
    with pytest.raises(EncoderError, match=r"TEXT_ENCODER=.*packed"):
        encoder(write_word_file(tmp_path / "v.txt")).encode(["tea"])


def test_vectors_are_mapped_and_not_read(tmp_path):
    packed = PackedWordVectors.open(write_word_file(tmp_path / "v.txt"), tmp_path / "packed")
    assert isinstance(packed.vectors, np.memmap)
    assert isinstance(packed.keys, np.memmap)


def test_progress_ends_at_one(tmp_path):
    reported = []
    encoder(write_word_file(tmp_path / "v.txt")).encode(
        ["tea"] * 5000, lambda _stage, done: reported.append(done)
    )
    assert reported == [4096 / 5000, 1.0]
