from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.text.encoding_cache import CHUNK, CachedEncoder, EncodingCache


class Counting:
    """Encodes a text by its letters, and records the texts that it encodes."""

    name, dimension = "counting", 3

    def __init__(self, fingerprint: str = "one") -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        self.asked += texts
        return np.array(
            [[len(text), text.count("e"), 0.1] for text in texts], dtype=np.float32
        ).reshape(-1, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new folder" / "texts.sqlite3"


def test_only_new_or_changed_texts_are_encoded(path):
    first, second = Counting(), Counting()
    before = CachedEncoder(first, EncodingCache(path)).encode(["tea", "kettle"])
    after = CachedEncoder(second, EncodingCache(path)).encode(["kettle", "teapot", "tea"])
    assert second.asked == ["teapot"]
    np.testing.assert_array_equal(after[[2, 0]], before)


def test_rows_have_length_one_and_are_the_same_from_the_cache(path):
    cached = CachedEncoder(Counting(), EncodingCache(path))
    fresh = cached.encode(["tea", "kettle"])
    np.testing.assert_allclose(np.linalg.norm(fresh, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(fresh[0] / fresh[0, 0], [1, 1 / 3, 0.1 / 3], atol=1e-3)
    assert fresh.dtype == np.float32
    np.testing.assert_array_equal(cached.encode(["tea", "kettle"]), fresh)


def test_another_encoder_has_vectors_of_its_own(path):
    other = Counting("two")
    CachedEncoder(Counting(), EncodingCache(path)).encode(["tea"])
    CachedEncoder(other, EncodingCache(path)).encode(["tea"])
    assert other.asked == ["tea"]


def test_no_texts_give_no_rows(path):
    assert CachedEncoder(Counting(), EncodingCache(path)).encode([]).shape == (0, 3)


def test_the_least_recently_used_vectors_are_deleted(path):
    cache = EncodingCache(path, most_bytes=60)  # ten texts of three 16-bit numbers
    CachedEncoder(Counting(), cache).encode([f"old {n}" for n in range(5)])
    CachedEncoder(Counting(), cache).encode([f"newer {n}" for n in range(5)])
    CachedEncoder(Counting(), cache).encode(["old 0"])
    CachedEncoder(Counting(), cache).encode(["newest"])
    assert len(cache) == 9
    again = Counting()
    CachedEncoder(again, cache).encode(["old 0", "newest", *(f"newer {n}" for n in range(5))])
    assert again.asked == []


def test_an_interrupted_run_loses_at_most_one_chunk(path):
    class Stopping(Counting):
        def encode(self, texts, progress=no_progress):
            if self.asked:
                raise KeyboardInterrupt
            return super().encode(texts)

    texts = [f"text {n}" for n in range(CHUNK + 10)]
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(Stopping(), EncodingCache(path)).encode(texts)
    rest = Counting()
    CachedEncoder(rest, EncodingCache(path)).encode(texts)
    assert rest.asked == texts[CHUNK:]


def test_progress_counts_only_missing_texts(path):
    reported = []
    cached = CachedEncoder(Counting(), EncodingCache(path))
    cached.encode(["tea"], lambda stage, share: reported.append((stage, share)))
    cached.encode(["tea"], lambda stage, share: reported.append((stage, share)))
    assert reported == [("encoding", 1.0)]


def test_a_damaged_file_is_replaced(path, caplog):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and long enough to be looked at as one" * 50)
    with caplog.at_level(logging.WARNING):
        CachedEncoder(Counting(), EncodingCache(path)).encode(["tea"])
    assert str(path) in caplog.text
    assert len(EncodingCache(path)) == 1


def test_vectors_of_a_wrong_length_are_encoded_again(path):
    CachedEncoder(Counting(), EncodingCache(path)).encode(["tea"])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE vectors SET vector = x'00'")
    again = Counting()
    CachedEncoder(again, EncodingCache(path)).encode(["tea"])
    assert again.asked == ["tea"]


def test_without_a_writable_folder_texts_are_not_cached(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    cached = CachedEncoder(Counting(), EncodingCache(tmp_path / "file" / "texts.sqlite3"))
    with caplog.at_level(logging.WARNING):
        assert cached.encode(["tea"]).shape == (1, 3)
    assert "not cached" in caplog.text


def test_concurrent_writers_lose_nothing(path):
    failures = []

    def work(worker: int) -> None:
        try:
            for turn in range(5):
                texts = [f"shared {turn}", f"own {worker} {turn}"]
                CachedEncoder(Counting(), EncodingCache(path)).encode(texts)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(EncodingCache(path)) == 5 + 30
