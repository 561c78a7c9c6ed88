"""Typed words, read by the live model's encoder."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from catalog.search import semantic_hook
from recommender.serving import semantic_search
from recommender.serving.semantic_search import nearest_in_meaning


class Reader:
    """An interest model that knows how near four items are to anything; counts how often it is
    asked.
    """

    encoder = object()

    def __init__(self, *alike: float) -> None:
        self.near, self.asked = np.array(alike, dtype=np.float32), []

    def alike(self, stated_preferences):
        self.asked.append(stated_preferences.text)
        return self.near


@pytest.fixture
def serve(monkeypatch):
    """Serve four items, with keys 10 … 40, by a reader."""

    def with_reader(reader):
        keys = np.array([10, 20, 30, 40], dtype=np.int64)
        model = SimpleNamespace(recommender=SimpleNamespace(interest=reader), item_pks=keys)
        monkeypatch.setattr(semantic_search, "live", lambda catalog: model)
        return reader

    semantic_search.encoder_started.clear()
    return with_reader


def test_the_nearest_come_first_and_far_ones_not_at_all(serve):
    serve(Reader(0.4, 0.1, 0.6, 0.34))
    assert nearest_in_meaning(None, "cup", True) == [30, 10]


def test_beside_a_very_near_item_one_that_is_only_like_it_is_far(serve):
    serve(Reader(0.4, 0.9, 0.6, 0.5))
    assert nearest_in_meaning(None, "cup", True) == [20, 30]


def test_unrelated_words_mean_nothing_here(serve):
    serve(Reader(0.3, 0.2, 0.1, 0.0))
    assert nearest_in_meaning(None, "zeppelin", True) == []


def test_without_a_model_an_interest_part_an_encoder_or_words_nobody_reads(serve, monkeypatch):
    serve(None)
    assert nearest_in_meaning(None, "cup", True) == []
    blind = serve(Reader(1, 1, 1, 1))
    blind.encoder = None
    assert nearest_in_meaning(None, "cup", True) == []
    serve(Reader(1, 1, 1, 1))
    assert nearest_in_meaning(None, "  ", True) == []
    monkeypatch.setattr(semantic_search, "live", lambda catalog: None)
    assert nearest_in_meaning(None, "cup", True) == []


def test_who_cannot_wait_gets_nothing_until_the_encoder_has_started(serve, monkeypatch):
    reader = serve(Reader(0.9, 0, 0, 0))
    started = []
    monkeypatch.setattr(
        semantic_search.threading,
        "Thread",
        lambda target, daemon: SimpleNamespace(start=lambda: started.append(target)),
    )
    assert nearest_in_meaning(None, "cup", False) == []
    assert reader.asked == []
    started[0]()
    assert nearest_in_meaning(None, "cup", False) == [10]


def test_the_catalogues_search_asks_it(serve):
    serve(Reader(0.4, 0.1, 0.6, 0.34))
    assert semantic_hook.nearest(None, "cup") == [30, 10]
