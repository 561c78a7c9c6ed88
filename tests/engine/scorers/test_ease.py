from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.scorers.ease import Linear, LinearParams
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import best, checkerboard, fitted


def closed_form(data, regularisation):
    x = np.log2(1 + data.matrix.toarray().astype(np.float64))
    inverse = np.linalg.inv(x.T @ x + regularisation * np.eye(data.n_items))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(random_dataset(n_users=80, n_items=30), id="by items"),
        pytest.param(random_dataset(n_users=15, n_items=60, n_events=200), id="by people"),
    ],
)
def test_it_is_the_closed_form_of_steck(data):
    scorer = fitted(Linear(LinearParams(regularisation=5.0, neighbours=1000)), data)
    expected = closed_form(data, 5.0)
    np.testing.assert_allclose(scorer.weights.toarray(), expected, atol=2e-4)


def test_more_items_than_a_block_make_the_same_inverse():
    data = random_dataset(n_users=1500, n_items=1100, n_events=6000)
    scorer = fitted(Linear(LinearParams(regularisation=20.0, neighbours=2000)), data)
    np.testing.assert_allclose(scorer.weights.toarray(), closed_form(data, 20.0), atol=2e-4)


def test_it_finds_the_own_colour_of_the_board():
    scorer = fitted(Linear(LinearParams(regularisation=5.0)), checkerboard())
    assert all(item % 2 == 0 for item in best(scorer, [0, 4], 8))


def test_only_the_strongest_weights_are_stored():
    assert (
        np.diff(fitted(Linear(LinearParams(neighbours=4)), random_dataset()).weights.indptr).max()
        == 4
    )


def test_above_max_items_there_are_no_scores():
    scorer = fitted(Linear(LinearParams(max_items=10)), dataset([(0, 1), (0, 2)], 12))
    assert np.isnan(scorer.score(Query.of([1]))).all()
    assert scorer.explain(Query.of([1]), 2) == []
