from __future__ import annotations

import numpy as np

from recommender.engine.data.dataset import Items
from recommender.engine.text.encoders import encode_items, item_texts, mean_word_vectors
from recommender.engine.text.whitening import whitened
from recommender.engine.text.word_vectors import WordVectors
from tests.engine.text.encoders import Letters


def test_whitened_directions_are_uncorrelated_and_rows_of_length_one():
    rng = np.random.default_rng(0)
    raw = (rng.normal(size=(2000, 3)) @ np.array([[3, 2, 0], [0, 1, 0.5], [0, 0, 0.7]]) + 5).astype(
        np.float32
    )
    made = whitened(raw)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-5)
    before, after = (np.corrcoef(rows, rowvar=False) for rows in (raw, made))
    assert abs(before[0, 1]) > 0.7
    assert np.abs(after - np.eye(3)).max() < 0.2


def test_rows_of_zeros_stay_and_do_not_change_the_others():
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(50, 4)).astype(np.float32)
    padded = np.vstack([raw, np.zeros((3, 4), np.float32)])
    np.testing.assert_allclose(whitened(padded)[:50], whitened(raw), atol=1e-6)
    assert not whitened(padded)[50:].any()


def test_one_text_can_be_whitened():
    made = whitened(np.array([[0, 0], [3, 4]], dtype=np.float32))
    np.testing.assert_allclose(made, [[0, 0], [0.6, 0.8]])


def test_pretrained_vectors_place_items_by_their_words():
    titles = ["tea", "kettle", "bicycle", "saddle", "unheard"]
    table = np.array([[1, 0.1], [0.9, 0.2], [0.1, 1], [0.2, 0.9]], dtype=np.float32)
    catalogue = Items(titles, [""] * 5, [()] * 5)
    vectors = mean_word_vectors(catalogue, WordVectors(titles[:4], table))
    assert vectors[0] @ vectors[1] > 0.5 > 0 > vectors[0] @ vectors[2]
    assert not vectors[4].any()


def test_an_encoder_reads_title_categories_and_start_of_description():
    items = Items(
        ["Tea ", "", ""], ["Black. " + "x" * 1000, "", "Only this"], [("Drinks", "Hot"), (), ()]
    )
    whole, nothing, described = item_texts(items)
    assert whole.startswith("Tea. Drinks. Hot. Black. x")
    assert len(whole) < 500
    assert (nothing, described) == ("", "Only this")


def test_equal_texts_are_encoded_once_and_empty_ones_never():
    encoder = Letters()
    items = Items(["tea", "", "cup", "tea"], [""] * 4, [()] * 4)
    made = encode_items(items, encoder)
    assert encoder.asked == ["tea", "cup"]
    np.testing.assert_array_equal(made[3], made[0])
    assert not made[1].any()
    assert encode_items(Items(["", ""], [""] * 2, [()] * 2), encoder).shape == (
        2,
        encoder.dimension,
    )
