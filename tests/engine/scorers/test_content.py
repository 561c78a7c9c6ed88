from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.scorers.content import Semantic, SemanticParams, Words, WordsParams
from recommender.engine.text.item_texts import ItemTexts
from tests.engine.scorers.worlds import best, fitted, titled

TITLES = ["green tea tin", "black tea pot", "steel pedal", "steel saddle", "", "oolong tea"]
DATA = titled(TITLES, [(0, 0), (1, 2)])
VECTORS = np.array([[1, 0], [0.8, 0.6], [0, 1], [-0.6, 0.8], [0, 0], [0.6, 0.8]], dtype=np.float32)


def semantic(**params):
    return fitted(Semantic(SemanticParams(**params), texts=ItemTexts(DATA.items, VECTORS)), DATA)


def test_words_find_items_that_share_them():
    assert best(fitted(Words(), DATA), [0], 2) == [5, 1]
    assert best(fitted(Words(), DATA), [2]) == [3]


def test_words_find_chinese_items():
    data = titled(["番茄炒蛋", "瑜伽球", "番茄牛腩", "瑜伽垫"], [(0, 0)])
    assert best(fitted(Words(), data), [0]) == [2]


def test_words_explain_the_score_by_word():
    scorer = fitted(Words(), DATA)
    amounts = {each.word: each.amount for each in scorer.explain(Query.of([0, 1]), 5)}
    assert set(amounts) == {"tea"}
    assert amounts["tea"] == pytest.approx(float(scorer.score(Query.of([0, 1]))[5]), rel=1e-5)


def test_words_that_say_nothing_are_not_named():
    scorer = fitted(Words(), titled(["green teapot set", "teapot visually", "set"], [(0, 0)]))
    parts = scorer.explain(Query.of([0]), 2) + scorer.explain(Query.of([0]), 1)
    assert {part.word for part in parts} == {"teapot", None}


def test_a_version_trained_before_words_had_forms_is_read():
    scorer = fitted(Words(), DATA)
    before = {key: value for key, value in scorer.get_state().items() if "shown" not in key}
    again = Words.from_state(scorer.params, before)
    assert {part.word for part in again.explain(Query.of([0]), 5)} == {"tea"}


def test_an_item_without_words_has_no_score():
    scorer = fitted(Words(), DATA)
    assert np.isnan(scorer.score(Query.of([0]))[4])
    assert np.isnan(scorer.score(Query.of([4]))).all()


def test_words_use_the_latest_items_only():
    scorer = fitted(Words(WordsParams(latest=1)), DATA)
    np.testing.assert_array_equal(scorer.score(Query.of([2, 0])), scorer.score(Query.of([0])))


def test_the_score_is_of_the_nearest_past_item_not_the_mean():
    scores = semantic().score(Query.of([0, 2]))
    np.testing.assert_allclose(scores[[1, 3, 5]], [0.8, 0.8, 0.8], rtol=1e-6)
    assert np.isnan(scores[4])


def test_weights_of_the_history_count():
    scores = semantic().score(Query.of([0, 2], [1.0, 0.1]))
    np.testing.assert_allclose(scores[[1, 5]], [0.8, 0.6], rtol=1e-6)


def test_the_explanation_names_the_nearest_past_item():
    (each,) = semantic().explain(Query.of([0, 2]), 5)
    assert (each.item, each.amount) == (2, pytest.approx(0.8))


def test_only_the_latest_past_items_are_compared():
    np.testing.assert_array_equal(
        semantic(latest=1).score(Query.of([0, 2])), semantic().score(Query.of([2]))
    )


def test_a_history_without_text_has_no_scores():
    assert np.isnan(semantic().score(Query.of([4]))).all()
