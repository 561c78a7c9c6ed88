from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.dataset import Dataset, Items
from recommender.engine.text.encoders import item_texts
from recommender.engine.text.item_features import SENTENCE_DIMENSIONS, read_texts
from recommender.engine.text.item_texts import GIVEN_DIMENSIONS, ItemTexts
from tests.engine.builders import dataset, random_dataset
from tests.engine.text.encoders import Letters

DATA = random_dataset(n_items=40)


def with_vectors(data: Dataset, **vectors: np.ndarray) -> Dataset:
    return replace(data, items=replace(data.items, vectors=vectors))


@pytest.fixture(scope="module")
def texts() -> ItemTexts:
    return read_texts(DATA, 1, Letters())


def test_near_items_are_few_positive_and_never_the_item_itself(texts):
    assert (np.diff(texts.near.indptr) <= 20).all()
    assert texts.near.diagonal().sum() == 0
    assert texts.near.data.min() > 0
    assert texts.near.data.max() <= 1 + 1e-5


def test_items_without_text_have_no_neighbours_and_need_no_encoder():
    encoder = Letters()
    silent = read_texts(dataset([(0, 1)], 5, texts=False), 1, encoder)
    assert silent.near.nnz == 0
    assert silent.sentences is None
    assert encoder.asked == []


def test_sentences_are_whitened_and_other_texts_use_the_same_whitening(texts):
    assert texts.sentences.shape == (40, min(Letters.dimension, SENTENCE_DIMENSIONS))
    np.testing.assert_allclose(np.linalg.norm(texts.sentences, axis=1), 1, rtol=1e-5)
    typed = texts.whitening(Letters().encode([item_texts(DATA.items)[7], "something else"]))
    np.testing.assert_allclose(typed[0], texts.sentences[7], atol=1e-5)
    assert np.abs(typed[1] - texts.sentences).max() > 0.1


def test_networks_read_sentence_vectors_else_word_vectors(texts):
    assert texts.joined is texts.sentences
    words = read_texts(DATA, 1)
    assert words.joined is words.vectors


def test_networks_read_the_owners_vectors_beside_the_texts():
    rng = np.random.default_rng(0)
    picture, sound = (rng.normal(size=(40, width)).astype(np.float32) for width in (100, 3))
    picture[5] = 0
    texts = read_texts(with_vectors(DATA, sound=sound, picture=picture), 1)
    assert list(texts.given) == ["picture", "sound"]
    assert texts.joined.shape == (40, texts.vectors.shape[1] + GIVEN_DIMENSIONS + 3)
    assert not texts.given["picture"][5].any()


def test_items_with_only_a_picture_are_near_by_the_picture():
    picture = np.eye(4, dtype=np.float32)[[0, 0, 1, 2, 3, 1]] + np.float32(0.01)
    items = Items(
        ["", "", "tea cup", "spoon", "lamp", "tea pot"],
        [""] * 6,
        [()] * 6,
        vectors={"picture": picture},
    )
    near = read_texts(Dataset(items, dataset([], 6, 0).log, 0), 1).near
    assert near[0, 1] == pytest.approx(1, abs=1e-3)
    assert 0 < near[2, 5] < 1
