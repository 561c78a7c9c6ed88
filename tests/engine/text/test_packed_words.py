from __future__ import annotations

import numpy as np

from recommender.engine.text.packed_words import pack_words, unpack_word


def test_words_of_every_script_come_back():
    words = ["tea", "", "红茶", "ヨガ", "a" * 300]
    letters, offsets = pack_words(words)
    assert letters.dtype == np.uint8
    assert [unpack_word(letters, offsets, index) for index in range(len(words))] == words


def test_no_words_are_two_arrays_too():
    letters, offsets = pack_words([])
    assert len(letters) == 0
    assert offsets.tolist() == [0]
