from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import EncoderError
from recommender.engine.text.encoding_cache import CachedEncoder, EncodingCache
from recommender.llm.client import Client, Endpoint
from recommender.llm.embeddings import EmbeddingEncoder
from tests.recommender.llm.servers import serving


def vectors_of(texts):
    """In reverse order, as the protocol allows: ``index`` names the text."""
    rows = [
        {"index": index, "embedding": [len(text), text.count("e"), 1]}
        for index, text in enumerate(texts)
    ]
    return {"data": rows[::-1], "usage": {"prompt_tokens": 2 * len(texts)}}


def encoder(url, batch=64, **endpoint):
    return EmbeddingEncoder(Client(Endpoint(url, "gte", **endpoint), wait=lambda _: None), batch)


def test_texts_come_back_in_order_in_batches_with_progress_and_counted_cost():
    progress = []
    with serving(lambda _p, body, _n: (200, vectors_of(body["input"]))) as server:
        asking = encoder(server.url, batch=2)
        made = asking.encode(
            ["tea", "kettle", "x"],
            lambda stage, fraction: progress.append((stage, round(fraction, 2))),
        )
    np.testing.assert_allclose(made / made[:, 2:], [[3, 1, 1], [6, 2, 1], [1, 0, 1]], rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-6)
    assert [body["input"] for _, _, body in server.asked] == [
        ["dimension"],
        ["tea", "kettle"],
        ["x"],
    ]
    assert progress == [("encoding", 0.67), ("encoding", 1.0)]
    assert asking.dimension == 3
    assert asking.client.costs.prompt_tokens == 2 + 4 + 2


def test_only_what_is_not_remembered_is_asked(tmp_path):
    with serving(lambda _p, body, _n: (200, vectors_of(body["input"]))) as server:
        first = CachedEncoder(
            encoder(server.url), EncodingCache(tmp_path / "texts.sqlite3")
        ).encode(["tea", "cup"])
        again = CachedEncoder(
            encoder(server.url), EncodingCache(tmp_path / "texts.sqlite3")
        ).encode(["cup", "new"])
    assert [body["input"] for _, _, body in server.asked] == [
        ["dimension"],
        ["tea", "cup"],
        ["dimension"],
        ["new"],
    ]
    np.testing.assert_array_equal(first[1], again[0])


@pytest.mark.parametrize(
    "said",
    [
        {"data": []},
        {"data": [{"index": 0, "embedding": [1, 2]}, {"index": 1, "embedding": [1]}]},
        {"data": [{"index": 0, "embedding": [1, None]}]},
        {"data": [{"embedding": [1, 2]}]},
        {"error": "no such model"},
    ],
)
def test_an_answer_that_is_not_one_vector_a_text_names_the_address(said):
    with (
        serving(lambda *_: (200, said)) as server,
        pytest.raises(EncoderError, match="/v1/embeddings"),
    ):
        encoder(server.url).encode(["tea", "cup"])


def test_vectors_that_change_their_length_are_rejected():
    def answer(_path, body, before):
        width = 3 if before == 0 else 4
        return 200, {
            "data": [
                {"index": index, "embedding": [1] * width} for index in range(len(body["input"]))
            ]
        }

    with serving(answer) as server, pytest.raises(EncoderError, match="4 numbers after some of 3"):
        encoder(server.url).encode(["tea"])


def test_a_failed_server_is_the_encoders_error():
    with serving(lambda *_: (500, {})) as server, pytest.raises(EncoderError, match="answers 500"):
        encoder(server.url, retries=0).encode(["tea"])


def test_another_model_or_server_has_another_fingerprint():
    def fingerprint(url, model):
        return EmbeddingEncoder(Client(Endpoint(url, model))).fingerprint

    assert fingerprint("http://a/v1", "gte") == fingerprint("http://a/v1/", "gte")
    assert (
        len(
            {
                fingerprint("http://a/v1", "gte"),
                fingerprint("http://b/v1", "gte"),
                fingerprint("http://a/v1", "e5"),
            }
        )
        == 3
    )
