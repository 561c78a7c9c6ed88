from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from recommender.engine.data.dataset import Items
from recommender.engine.text.tfidf import item_tfidf, item_words, tfidf


def items(*titles, categories=None, descriptions=None):
    return Items(
        list(titles),
        list(descriptions or [""] * len(titles)),
        list(categories or [()] * len(titles)),
    )


def test_weights_are_frequency_times_rarity_scaled_to_length_one():
    made = tfidf([Counter(tea=1, pot=1), Counter(tea=3)])
    rare, common = math.log(3 / 2) + 1, 1.0
    expected = np.array([common, rare]) / math.hypot(common, rare)
    np.testing.assert_allclose(made.matrix.toarray(), [expected, [1, 0]], rtol=1e-6)
    assert made.words == ("tea", "pot")


def test_rows_have_length_one_or_no_words():
    made = item_tfidf(items("red tea pot", "", "blue tea"))
    np.testing.assert_allclose(np.linalg.norm(made.matrix.toarray(), axis=1), [1, 0, 1], rtol=1e-6)


def test_categories_count_word_by_word_and_as_a_whole():
    words = item_words(items("x", categories=[("Hair Care", "Brushes")]))
    assert words.categories == [["hair", "care", "hair care", "brushe"]]


def test_a_word_of_the_title_weighs_more_than_one_of_the_description():
    made = item_tfidf(items("kettle", "other", descriptions=["teapot", ""]))
    row = dict(zip(made.words, made.matrix.toarray()[0], strict=True))
    assert row["kettle"] > 1.5 * row["teapot"] > 0


def test_texts_are_read_once_per_catalogue():
    catalogue = items("red tea", "blue tea")
    assert item_tfidf(catalogue) is item_tfidf(catalogue)
    assert item_tfidf(items("red tea", "blue tea")) is not item_tfidf(catalogue)


def test_an_empty_catalogue_has_an_empty_matrix():
    assert item_tfidf(items()).matrix.shape[0] == 0


def test_opaque_tags_are_words():
    made = item_tfidf(items("", "", categories=[("T_12",), ("T_12", "T_7")]))
    assert (made.matrix[0] @ made.matrix[1].T).toarray()[0, 0] == pytest.approx(0.58, abs=0.1)
