from __future__ import annotations

import numpy as np

from recommender.engine.dataset import Dataset, Items
from recommender.engine.text.encoders import WordVectorEncoder
from recommender.engine.text.features import read_texts
from recommender.engine.text.whitening import whitened
from recommender.engine.text.word_vectors import WordVectors
from tests.engine.builders import dataset, random_dataset


def test_whitened_directions_are_uncorrelated_and_rows_of_length_one():
    rng = np.random.default_rng(0)
    raw = (rng.normal(size=(2000, 3)) @ np.array([[3, 2, 0], [0, 1, 0.5], [0, 0, 0.7]]) + 5).astype(np.float32)
    made = whitened(raw)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-5)
    before, after = (np.corrcoef(rows, rowvar=False) for rows in (raw, made))
    assert abs(before[0, 1]) > 0.7
    assert np.abs(after - np.eye(3)).max() < 0.2


def test_rows_without_text_stay_zero_and_do_not_shift_the_others():
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(50, 4)).astype(np.float32)
    padded = np.vstack([raw, np.zeros((3, 4), np.float32)])
    np.testing.assert_allclose(whitened(padded)[:50], whitened(raw), atol=1e-6)
    assert not whitened(padded)[50:].any()


def test_one_text_is_no_crash():
    made = whitened(np.array([[0, 0], [3, 4]], dtype=np.float32))
    np.testing.assert_allclose(made, [[0, 0], [0.6, 0.8]])


def test_given_vectors_place_items_by_their_words():
    titles = ["tea", "kettle", "bicycle", "saddle", "unheard"]
    table = np.array([[1, 0.1], [0.9, 0.2], [0.1, 1], [0.2, 0.9]], dtype=np.float32)
    catalogue = Items(titles, [""] * 5, [()] * 5)
    vectors = WordVectorEncoder(WordVectors(titles[:4], table)).encode(Dataset(catalogue, dataset([], 5, 0).log, 0), 0)
    assert vectors[0] @ vectors[1] > 0.5 > 0 > vectors[0] @ vectors[2]
    assert not vectors[4].any()


def test_near_items_are_sparse_positive_and_never_oneself():
    near = read_texts(random_dataset(n_items=40), 1).near
    assert (np.diff(near.indptr) <= 20).all()
    assert near.diagonal().sum() == 0
    assert near.data.min() > 0
    assert near.data.max() <= 1 + 1e-5


def test_items_without_text_have_no_neighbours():
    assert read_texts(random_dataset(texts=False, n_items=12), 1).vectors.shape[0] == 12
    assert read_texts(dataset([(0, 1)], 5, texts=False), 1).near.nnz == 0
