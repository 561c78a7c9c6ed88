from __future__ import annotations

import numpy as np

from recommender.engine.text.packed_words import pack_words, unpack_word


def test_words_of_every_script_are_restored():
    words = ["tea", "", "红茶", "ヨガ", "a" * 300]
    letters, offsets = pack_words(words)
    assert letters.dtype == np.uint8
    assert [unpack_word(letters, offsets, index) for index in range(len(words))] == words


def test_an_empty_list_gives_two_arrays():
    letters, offsets = pack_words([])
    assert len(letters) == 0
    assert offsets.tolist() == [0]
