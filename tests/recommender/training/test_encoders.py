from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import EncoderError
from recommender.engine.text.encoding_cache import CachedEncoder
from recommender.engine.text.sentence_encoder import SentenceEncoder
from recommender.llm.embeddings import EmbeddingEncoder
from recommender.training import datasets, encoders
from tests.engine.text.word_files import write_word_file


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_the_pretrained_one_remembers_items_but_nothing_that_people_type(settings, tmp_path):
    settings.TEXT_ENCODER = "pretrained"
    made = encoders.item_encoder().encode(["tea"])
    assert (tmp_path / "encoded-texts.sqlite3").is_file()
    typed = encoders.typed_text_encoder()
    assert isinstance(typed, SentenceEncoder)
    np.testing.assert_allclose(typed.encode(["tea"]), made, atol=1e-3)
    assert typed is encoders.item_encoder().encoder  # loaded once a process


def test_words_need_no_encoder(settings):
    settings.TEXT_ENCODER = "words"
    assert encoders.item_encoder() is None
    assert encoders.typed_text_encoder() is None


def test_an_address_is_a_server_and_people_do_not_wait_for_it_long(settings):
    settings.TEXT_ENCODER, settings.TEXT_ENCODER_MODEL = "http://localhost:1/v1", "gte"
    of_items, typed = encoders.item_encoder(), encoders.typed_text_encoder()
    assert isinstance(of_items, CachedEncoder)
    assert isinstance(of_items.encoder, EmbeddingEncoder)
    assert (of_items.encoder.client.endpoint.timeout, of_items.encoder.client.endpoint.retries) == (
        60,
        3,
    )
    assert (typed.client.endpoint.timeout, typed.client.endpoint.retries) == (2.0, 0)
    assert typed.client.endpoint.model == "gte"


def test_anything_else_is_a_folder(settings, tmp_path):
    settings.TEXT_ENCODER = str(tmp_path)
    with pytest.raises(EncoderError, match=r"neither model\.onnx"):
        encoders.item_encoder()


def test_a_file_of_word_vectors_is_read_for_items_and_for_typed_text(settings, tmp_path):
    settings.TEXT_ENCODER = str(write_word_file(tmp_path / "word2vec.bin.gz"))
    of_items, typed = encoders.item_encoder(), encoders.typed_text_encoder()
    assert of_items.encoder is typed  # mapped once a process
    assert encoders.fingerprint() == typed.fingerprint
    np.testing.assert_allclose(
        of_items.encode(["tea kettle"]), typed.encode(["tea kettle"]), atol=1e-3
    )
    assert (tmp_path / "word-vectors").is_dir()


def test_a_damaged_file_of_word_vectors_names_the_setting_the_file_and_the_line(settings, tmp_path):
    (tmp_path / "glove.txt").write_text("tea 1 0\npot 1\n")
    settings.TEXT_ENCODER = str(tmp_path / "glove.txt")
    with pytest.raises(EncoderError, match=r"^TEXT_ENCODER=.*glove\.txt: glove\.txt, line 2: "):
        encoders.fingerprint()


def test_pages_do_without_an_encoder_that_cannot_be_had(settings, tmp_path, caplog):
    settings.TEXT_ENCODER = str(tmp_path)
    assert encoders.typed_text_encoder() is None
    assert str(tmp_path) in caplog.text


def test_another_encoder_is_a_reason_to_train_again(settings, catalog, tmp_path):
    prints = set()
    for wanted in (
        "pretrained",
        "words",
        "http://localhost:1/v1",
        str(write_word_file(tmp_path / "v.vec")),
    ):
        settings.TEXT_ENCODER = wanted
        prints.add(datasets.load(catalog, reader=encoders.fingerprint()).fingerprint)
    assert len(prints) == 4
