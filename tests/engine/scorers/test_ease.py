from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.dataset import Log
from recommender.engine.data.types import Query
from recommender.engine.runtime.block_executor import THREADS
from recommender.engine.runtime.sparse import BLOCK_ROWS
from recommender.engine.scorers.ease import Linear, LinearParams, LinearText, LinearTextParams
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.whitening import unit_rows
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import best, checkerboard, fitted, titled


def confidences(data):
    return np.log2(1 + data.matrix.toarray().astype(np.float64))


def weights_of(gram):
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def closed_form(data, regularisation):
    x = confidences(data)
    return weights_of(x.T @ x + regularisation * np.eye(data.n_items))


def adaptive_form(data, params):
    x = confidences(data)
    x /= np.maximum(x.sum(axis=1, keepdims=True), 1e-9) ** (params.activity / 2)
    gram = x.T @ x
    ridge = params.regularisation + np.diag(gram) * params.dropout / (1 - params.dropout)
    counts = np.maximum(data.counts, 1) ** params.popularity
    return weights_of(gram + np.diag(ridge)) * counts[:, None] / counts[None, :]


def plain(regularisation):
    """EASE^R without dropout and exponents, all weights kept."""
    return LinearParams(regularisation, dropout=0, activity=0, popularity=0, neighbours=2000)


def cosines(rows):
    return np.asarray(rows @ rows.T, dtype=np.float64)


def texts_with_sentences(data):
    rows = np.random.default_rng(3).normal(size=(data.n_items, 8)).astype(np.float32)
    rows[0] = 0  # an item that the encoder could not read
    return ItemTexts(data.items, np.zeros((data.n_items, 1), np.float32), unit_rows(rows))


BOTH_SIZES = pytest.mark.parametrize(
    "data",
    [
        pytest.param(random_dataset(n_users=80, n_items=30), id="by items"),
        pytest.param(random_dataset(n_users=15, n_items=60, n_events=200), id="by people"),
    ],
)


@BOTH_SIZES
def test_it_is_the_closed_form_of_steck(data):
    scorer = fitted(Linear(plain(5.0)), data)
    expected = closed_form(data, 5.0)
    np.testing.assert_allclose(scorer.weights.toarray(), expected, atol=2e-4)


@BOTH_SIZES
def test_dropout_and_exponents_change_it_as_their_formulas_say(data):
    params = LinearParams(5.0, dropout=0.6, activity=0.5, popularity=0.3, neighbours=1000)
    scorer = fitted(Linear(params), data)
    np.testing.assert_allclose(scorer.weights.toarray(), adaptive_form(data, params), atol=2e-4)


def test_a_popularity_exponent_lifts_the_less_known_of_two_equal_items():
    log = [(user, item) for user in range(6) for item in (0, 1)] + [
        (user, item) for user in range(6, 9) for item in (0, 2)
    ]
    params = (plain(5.0), replace(plain(5.0), popularity=0.5))
    before, lifted = (fitted(Linear(each), dataset(log, 3)).score(Query.of([0])) for each in params)
    assert lifted[2] / lifted[1] > 1.3 * before[2] / before[1]


def test_more_items_than_a_block_make_the_same_inverse():
    data = random_dataset(n_users=1500, n_items=1100, n_events=6000)
    scorer = fitted(Linear(plain(20.0)), data)
    np.testing.assert_allclose(scorer.weights.toarray(), closed_form(data, 20.0), atol=2e-4)


def test_it_finds_the_own_colour_of_the_board():
    scorer = fitted(Linear(LinearParams(regularisation=5.0)), checkerboard())
    assert all(item % 2 == 0 for item in best(scorer, [0, 4], 8))


def test_only_the_strongest_weights_are_stored():
    assert (
        np.diff(fitted(Linear(LinearParams(neighbours=4)), random_dataset()).weights.indptr).max()
        == 4
    )


OLD_AND_NEW = dataset([(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)], 6)
"""Items 0 and 1 were taken first, 2 and 3 later, 4 and 5 never."""


@pytest.mark.parametrize("make", [Linear, LinearText])
def test_above_max_items_those_most_taken_lately_are_known(make):
    scorer = make(replace(make().params, max_items=2)).fit(OLD_AND_NEW, np.random.default_rng(0))
    assert scorer.known.tolist() == [False, False, True, True, False, False]
    assert np.isnan(scorer.score(Query.of([3]))[[0, 1, 4, 5]]).all()
    assert scorer.score(Query.of([3]))[2] > 0
    assert np.nan_to_num(scorer.score(Query.of([0]))).sum() == 0
    assert scorer.explain(Query.of([2]), 0) == []


def test_items_above_max_items_change_nothing_for_the_others():
    few = random_dataset(n_users=80, n_items=20, n_events=600)
    log = Log(few.log.users, few.log.items * 2, few.log.weights, few.log.times)
    many = dataset([], 40, n_users=80).with_log(log)
    capped = fitted(Linear(LinearParams(max_items=20)), many).weights.toarray()
    expected = fitted(Linear(), few).weights.toarray()
    np.testing.assert_allclose(capped[::2, ::2], expected, atol=1e-6)
    assert not capped[1::2].any()
    assert not capped[:, 1::2].any()


def test_the_text_is_side_information_in_the_closed_form():
    data = random_dataset(n_users=80, n_items=30)
    texts = texts_with_sentences(data)
    params = LinearTextParams(9.0, words=3.0, sentences=2.0, neighbours=1000)
    scorer = LinearText(params, texts).fit(data, np.random.default_rng(0))
    x, words = confidences(data), item_tfidf(data.items).matrix.toarray()
    gram = x.T @ x + 3 * cosines(words) + 2 * cosines(texts.sentences) + 9 * np.eye(30)
    np.testing.assert_allclose(scorer.weights.toarray(), weights_of(gram), atol=2e-4)
    np.testing.assert_allclose(scorer.diagonal, np.diag(np.linalg.inv(gram)), rtol=1e-3)


TEAS = ["green tea", "black tea", "red tea", "iron nail", "steel nail", ""]


def test_an_item_that_nobody_took_is_found_by_its_text():
    data = titled(TEAS, [(0, 0), (0, 1), (1, 3), (1, 4)])
    scorer = LinearText().fit(data, np.random.default_rng(0))
    scores = scorer.score(Query.of([0, 1]))
    assert scores[2] > max(scores[3], scores[4])
    assert np.isnan(scores[5])


def test_without_texts_no_item_has_a_score():
    bare = random_dataset(texts=False)
    scorer = LinearText(texts=ItemTexts.unread(bare.items)).fit(bare, np.random.default_rng(0))
    assert np.isnan(scorer.score(bare.query(0))).all()


def test_a_fit_holds_one_matrix_of_items_by_items():
    data = random_dataset(n_users=1000, n_items=1500, n_events=5000)
    texts = texts_with_sentences(data)
    item_tfidf(data.items)
    tracemalloc.start()
    LinearText(texts=texts).fit(data, np.random.default_rng(0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    block = 4 * BLOCK_ROWS * data.n_items
    assert peak < 4 * data.n_items**2 + (1 + 4 * THREADS) * block


@pytest.mark.parametrize("make", [Linear, LinearText])
def test_past_items_explain_the_whole_score(make):
    data = random_dataset()
    scorer = fitted(make(), data)
    for user in range(20):
        query = data.query(user)
        scores = scorer.score(query)
        for item, own in enumerate(scorer.explain_many(query, range(data.n_items))):
            total = sum(each.amount for each in own)
            assert total == pytest.approx(np.nan_to_num(scores[item]), abs=1e-5)


def test_what_new_items_need_is_in_the_state():
    data = random_dataset()
    scorer = fitted(LinearText(), data)
    again = LinearText.from_state(scorer.params, scorer.get_state())
    np.testing.assert_array_equal(again.diagonal, scorer.diagonal)
