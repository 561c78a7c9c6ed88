from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.dataset import Items
from recommender.engine.text.lexicon import Lexicon, catalogue_words, is_word, topicality

ITEMS = Items(
    ["Makeup Brushes 12 oz", "Soft BRUSHES, Crème", "A brush", "茶具套装", "Travel mugs"],
    ["", "", "obscure", "", ""],
    [("Hair Care",), ("Hair Care",), (), ("茶",), ("Mugs",)],
)


def lexicon() -> Lexicon:
    return catalogue_words(ITEMS).lexicon


def form_of(word: str) -> str:
    words = lexicon()
    return words.forms[words.index[word]]


def test_a_word_is_shown_in_its_most_common_form_with_plural_and_accents():
    assert form_of("brushe") == "brushes"
    assert form_of("creme") == "crème"
    assert form_of("mug") == "mugs"
    assert form_of("hair care") == "hair care"


def test_only_readable_words_of_titles_and_categories_are_shown():
    words = lexicon()
    written = {word for word, fit in zip(words.words, words.writable, strict=True) if fit}
    assert {"makeup", "brushe", "hair care", "travel"} <= written
    assert not {"12", "oz", "obscure", "茶"} & written
    assert "obscure" in words.words


@pytest.mark.parametrize(
    ("word", "fit"), [("tea", True), ("茶具", True), ("hp", False), ("500ml", False), ("套", False)]
)
def test_readable_words(word, fit):
    assert is_word(word) is fit


def test_words_are_found_in_any_form_and_phrases_first():
    words = lexicon()
    assert [words.words[index] for index in words.find("MUGS and Mugs and zebras")] == ["mug"]
    assert [words.words[index] for index in words.find("hair care")] == [
        "hair care",
        "hair",
        "care",
    ]
    assert words.find("") == []


def test_the_state_restores_the_same_words():
    again = Lexicon.from_state(lexicon().get_state())
    assert (again.words, again.forms) == (lexicon().words, lexicon().forms)
    np.testing.assert_array_equal(again.writable, lexicon().writable)


def test_weights_have_a_column_for_each_word_of_the_lexicon():
    words = catalogue_words(ITEMS)
    assert words.weights.shape == (5, len(words.lexicon))
    mugs = words.weights[4].toarray()[0]
    assert set(np.array(words.lexicon.words)[mugs > 0]) == {"travel", "mug"}


def test_a_word_of_similar_items_is_topical():
    weights = catalogue_words(Items(["tea red", "tea red", "chisel red"], [""] * 3, [()] * 3))
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    topical = dict(zip(weights.lexicon.words, topicality(weights.weights, vectors), strict=True))
    assert topical["tea"] == pytest.approx(1)
    assert topical["red"] == pytest.approx(1 / 3)
    assert topical["chisel"] == 1


def test_traditional_words_are_shown_as_titles_write_them():
    words = catalogue_words(Items(["機器學習入門", "機器人"], ["", ""], [(), ()])).lexicon
    assert words.forms[words.index["机器"]] == "機器"
    assert words.find("學習") == words.find("学习") != []
