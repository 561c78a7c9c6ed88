from __future__ import annotations

import sys
from weakref import ref

from recommender.engine.runtime.identity_cache import recently, remembered


class Source:
    """Compared by identity."""


def test_a_function_is_computed_once_per_object():
    asked: list[Source] = []
    counted = remembered(lambda source: asked.append(source) or len(asked))
    first, second = Source(), Source()
    assert [counted(first), counted(first), counted(second), counted(first)] == [1, 1, 2, 1]


def test_the_cache_does_not_keep_the_object_alive():
    whole = remembered(lambda _source: [1])
    latest = recently(2, key=lambda text: text)(lambda _source, text: [text])
    source = Source()
    before = sys.getrefcount(source)
    assert (whole(source), latest(source, "a")) == ([1], ["a"])
    assert sys.getrefcount(source) == before
    reference = ref(source)
    del source
    assert reference() is None


def test_the_latest_results_are_cached():
    asked: list[str] = []
    latest = recently(2, key=lambda text: text.casefold())(lambda _source, text: asked.append(text))
    source = Source()
    for text in ("a", "A", "b", "a", "c", "b"):  # c drops b, the least recently used
        latest(source, text)
    assert asked == ["a", "b", "c", "b"]


def test_results_belong_to_their_object():
    latest = recently(9, key=lambda text: text)(lambda source, text: (source, text))
    first, second = Source(), Source()
    assert latest(first, "a")[0] is first
    assert latest(second, "a")[0] is second
