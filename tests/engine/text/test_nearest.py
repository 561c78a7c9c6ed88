from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.runtime import product_index
from recommender.engine.text.nearest import LEAST_COSINE, NEIGHBOURS, Cosines, nearest
from recommender.engine.text.whitening import unit_rows

N = 1200


@pytest.fixture(scope="module")
def cosines() -> Cosines:
    """Items of 60 topics: near in a view, and by words."""
    rng = np.random.default_rng(0)
    topics = rng.integers(0, 60, N)
    view = unit_rows(rng.standard_normal((60, 24))[topics] + 0.4 * rng.standard_normal((N, 24)))
    words = sp.csr_matrix((np.ones(N, np.float32), (np.arange(N), topics)), shape=(N, 60))
    return Cosines(words, [view.astype(np.float32)])


@pytest.fixture(scope="module")
def exact(cosines):
    return nearest(cosines)


def test_rows_hold_the_nearest_other_items(cosines, exact):
    [cosine] = cosines.between(np.array([5], np.int32), np.arange(N, dtype=np.int32))
    best = np.argsort(-cosine)[:NEIGHBOURS]
    assert exact[5].indices.tolist() == sorted(best[cosine[best] >= LEAST_COSINE].tolist())
    assert exact[5, 5] == 0
    assert exact[5].toarray()[0, best] == pytest.approx(cosine[best], abs=1e-6)


def test_clusters_find_nearly_all_of_them(cosines, exact, monkeypatch):
    monkeypatch.setattr(product_index, "LOOKED_AT", 200)
    found = nearest(cosines, exact_below=500)
    shared = found.multiply(exact > 0)
    assert shared.nnz >= 0.95 * exact.nnz
    assert found.shape == exact.shape
    np.testing.assert_allclose(shared.data, exact.multiply(found > 0).data, atol=1e-6)


def test_clusters_are_the_same_each_time(cosines):
    first, second = (nearest(cosines, exact_below=500) for _ in range(2))
    assert (first != second).nnz == 0


def test_items_without_any_feature_have_none():
    nothing = Cosines(sp.csr_matrix((30, 3), dtype=np.float32), [np.zeros((30, 4), np.float32)])
    assert nearest(nothing).nnz == 0
    assert nearest(nothing, exact_below=10).nnz == 0
