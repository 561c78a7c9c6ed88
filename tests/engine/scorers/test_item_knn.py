from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.data.types import Query
from recommender.engine.runtime import size
from recommender.engine.scorers import item_knn
from recommender.engine.scorers.item_knn import (
    ItemKnn,
    ItemKnnParams,
    PeopleKnn,
    TextKnn,
    TextKnnParams,
    history_length,
    near_items,
)
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import best, checkerboard, fitted, planted_tail, titled

TEAS = [
    "green tea tin",
    "black tea tin",
    "white tea tin",
    "steel pedal",
    "steel saddle",
    "steel spoke",
    "oolong tea tin",
]
TEA_LOG = [(user, item) for user in range(12) for item in ((0, 1, 2) if user % 2 else (3, 4, 5))]


def test_it_finds_the_own_colour_of_the_board():
    scorer = fitted(ItemKnn(), checkerboard())
    assert all(item % 2 == 0 for item in best(scorer, [0, 4], 8))
    assert all(item % 2 == 1 for item in best(scorer, [1, 5], 8))


def test_a_rare_item_is_first_for_users_of_its_companion():
    scorer = fitted(ItemKnn(ItemKnnParams(shrink=0.5)), planted_tail())
    assert best(scorer, [10]) == [11]


def test_weights_are_the_shrunk_cosine():
    scorer = fitted(
        ItemKnn(ItemKnnParams(shrink=3.0)), dataset([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)], 3)
    )
    scores = scorer.score(Query.of([0]))
    assert scores[1] == pytest.approx(2 / np.sqrt(2) / (np.sqrt(3 * 2) + 3), rel=1e-5)
    assert scores[0] == 0
    assert np.isnan(scores[2])


def test_co_occurrences_of_active_users_count_less():
    data = dataset([(0, 0), (0, 1), *((1, item) for item in (0, 2, 3, 4, 5, 6, 7, 8))], 9)
    scores = fitted(ItemKnn(), data).score(Query.of([0]))
    assert scores[1] > scores[2] > 0
    blind = fitted(ItemKnn(ItemKnnParams(activity=0.0)), data).score(Query.of([0]))
    assert blind[1] == pytest.approx(blind[2])


def test_people_knn_prefers_items_that_many_similar_users_took():
    like_minded = [(user, item) for user in range(6) for item in (0, 1)]
    data = dataset([*like_minded, (6, 0), (6, 2), *((user, 1) for user in range(7, 60))], 3)
    assert best(fitted(PeopleKnn(), data), [0]) == [1]
    assert best(fitted(ItemKnn(ItemKnnParams(shrink=0.0)), data), [0]) == [2]


def test_a_row_has_its_strongest_neighbours_only():
    data = random_dataset()
    few, all_of_them = (
        fitted(ItemKnn(ItemKnnParams(neighbours=k)), data).weights for k in (5, 1000)
    )
    assert np.diff(few.indptr).max() == 5
    row = all_of_them[3].toarray().ravel()
    assert few[3].toarray().sum() == pytest.approx(np.sort(row)[-5:].sum(), rel=1e-5)


def test_a_cold_item_is_found_by_its_text():
    assert best(fitted(TextKnn(), titled(TEAS, TEA_LOG)), [0, 1, 2]) == [6]
    assert np.isnan(fitted(ItemKnn(), titled(TEAS, TEA_LOG)).score(Query.of([0]))[6])


def test_a_cold_item_is_found_by_chinese_text():
    titles = ["家常番茄炒蛋", "家常番茄牛腩", "瑜伽垫", "瑜伽球", "家常番茄鸡蛋面"]
    log = [(user, item) for user in range(8) for item in ((0, 1) if user % 2 else (2, 3))]
    assert best(fitted(TextKnn(), titled(titles, log)), [0, 1]) == [4]


def test_without_text_the_augmented_log_is_the_log():
    events = [(user, (user * step) % 15) for user in range(1, 30) for step in range(1, 6)]
    bare = dataset(events, 15, texts=False)
    np.testing.assert_allclose(
        fitted(TextKnn(), bare).score(Query.of([1])),
        fitted(ItemKnn(), bare).score(Query.of([1])),
        rtol=1e-6,
    )


def test_beta_is_the_weight_of_text():
    data = titled(TEAS, TEA_LOG)
    weak, strong = (
        fitted(TextKnn(TextKnnParams(beta=beta)), data).score(Query.of([0]))[6]
        for beta in (0.05, 0.5)
    )
    assert 0 < weak < strong


def test_long_histories_are_cut_to_the_limit_of_products(monkeypatch):
    data = random_dataset(n_users=5, n_items=40, n_events=150)
    assert history_length(data, 1) is None
    monkeypatch.setattr(item_knn, "MAX_PRODUCTS", 600)
    assert history_length(data, 1) == 10
    assert fitted(ItemKnn(), data).weights.nnz > 0


def test_in_a_large_catalogue_fewer_near_items_augment_a_log_of_too_many_products(monkeypatch):
    data, near = random_dataset(n_users=60, n_items=50), sp.csr_matrix(np.ones((50, 50)))
    assert near_items(data, near) == 50
    monkeypatch.setattr(item_knn, "MAX_PRODUCTS", 1e4)
    assert near_items(data, near) == 50
    monkeypatch.setattr(size, "LARGE", 0)
    assert near_items(data, near) == 3
