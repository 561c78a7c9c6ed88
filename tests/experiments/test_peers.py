from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.experiments import peers
from recommender.experiments.peer_lists import best_unseen
from recommender.experiments.peers import PEERS, tfidf, unfit

CAMPS = sp.csr_matrix(np.kron(np.eye(2), np.ones((10, 6))), dtype=np.float32)
"""Twenty people, twelve items: the first ten people took items 0 to 5, the others 6 to 11 …"""
CAMPS[0, 5] = CAMPS[10, 11] = 0  # … but for one item each
CAMPS.eliminate_zeros()
TEXTS = ["red clay mug"] * 6 + ["blue tea towel"] * 6

needs_implicit = pytest.mark.skipif(
    importlib.util.find_spec("implicit") is None, reason="implicit is not installed"
)


@pytest.mark.parametrize("name", ["item-kNN", "EASE", "DAN", "TF-IDF"])
def test_the_item_of_the_own_camp_comes_first(name):
    people = np.array([0, 10])
    scores = PEERS[name](CAMPS, TEXTS)(people)
    assert best_unseen(scores, CAMPS[people], 1).tolist() == [[5], [11]]


@needs_implicit
@pytest.mark.parametrize("name", ["ALS", "BPR"])
def test_factors_rank_the_own_camp_first(name):
    scores = PEERS[name](CAMPS, TEXTS)(np.arange(20))
    assert scores[:10, :6].mean() > scores[:10, 6:].mean() + 0.1
    assert scores[10:, 6:].mean() > scores[10:, :6].mean() + 0.1


def test_popularity_is_the_same_for_everybody():
    log = sp.csr_matrix(np.array([[1, 1, 0], [0, 1, 0]], dtype=np.float32))
    assert PEERS["popularity"](log, [""] * 3)(np.array([0, 1])).tolist() == [[1, 2, 0], [1, 2, 0]]


def test_item_knn_is_shrunk_cosine_without_the_item_itself():
    log = sp.csr_matrix(np.array([[1, 1], [1, 0], [0, 1]], dtype=np.float32))
    scores = PEERS["item-kNN"](log, ["", ""])(np.array([1]))
    assert scores[0] == pytest.approx([0, 1 / (2 + peers.KNN_SHRINKAGE)])


def test_ease_solves_its_own_regression():
    """Ridge regression of each item on the others gives the weights of Steck's closed form."""
    log = sp.random(30, 6, density=0.4, random_state=0, format="csr", dtype=np.float32)
    log.data[:] = 1
    x = log.toarray().astype(np.float64)
    others = [0, 1, 2, 4, 5]
    gram = x[:, others].T @ x[:, others] + peers.EASE_RIDGE * np.eye(5)
    expected = x[:, others] @ np.linalg.solve(gram, x[:, others].T @ x[:, 3])
    assert PEERS["EASE"](log, [""] * 6)(np.arange(30))[:, 3] == pytest.approx(expected, abs=1e-5)


def test_dan_without_normalisation_is_ease():
    log = sp.random(30, 6, density=0.4, random_state=0, format="csr", dtype=np.float32)
    log.data[:] = 1
    people = np.arange(30)
    plain = peers.dan(log, [""] * 6, ridge=40, dropout=0, activity=0, popularity=0)(people)
    assert plain == pytest.approx(peers.ease(log, [""] * 6, ridge=40)(people), abs=1e-5)
    taken = np.asarray(log.sum(axis=0)).ravel()
    scaled = peers.dan(log, [""] * 6, ridge=40, dropout=0, popularity=0.5)(people)
    one = int(np.flatnonzero(log.toarray().sum(axis=1) == 1)[0])
    past = int(log[one].indices[0])
    assert scaled[one] == pytest.approx(plain[one] * (taken[past] / taken) ** 0.5, abs=1e-5)


def test_item_knn_reads_the_nearest_items_only():
    log = sp.csr_matrix(
        np.array([[1, 1, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=np.float32)
    )
    every = peers.item_knn(log, [""] * 4)(np.arange(4))
    near = peers.item_knn(log, [""] * 4, neighbours=1)(np.arange(4))
    assert (near <= every + 1e-6).all()
    assert (near[:, 0] > 0).tolist() == (log[:, 1].toarray().ravel() > 0).tolist()


def test_tfidf_rows_are_unit_vectors_with_rare_words_heavier():
    rows = tfidf(["red mug", "red towel red", "", "a"]).toarray()
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0, 0])
    red, mug = rows[0, 0], rows[0, 1]
    assert mug / red == pytest.approx((1 + np.log(5 / 2)) / (1 + np.log(5 / 3)))
    assert rows[1, 0] / rows[1, 2] == pytest.approx((1 + np.log(2)) * red / mug)


def test_lists_have_new_items_only_best_first():
    scores = np.array([[5.0, 4, 3, 2, 1]])
    assert best_unseen(scores, sp.csr_matrix([[1, 0, 0, 0, 0]]), 3).tolist() == [[1, 2, 3]]
    assert scores[0, 0] == 5


def test_a_peer_that_cannot_run_returns_a_reason():
    assert "items" in unfit("EASE", 20_001, ["red mug"])
    assert unfit("TF-IDF", 3, ["", " ", "-"]) == "no text"
    assert not unfit("TF-IDF", 3, ["", "mug"])
    assert not unfit("ALS", 10**6, [])
