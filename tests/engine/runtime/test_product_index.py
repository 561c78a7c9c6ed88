from __future__ import annotations

import numpy as np

from recommender.engine.runtime.product_index import LOOKED_AT, ProductIndex


def clustered(n=20_000, d=16, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(100, d))
    rows = centres[rng.integers(0, 100, n)] + 0.3 * rng.normal(size=(n, d))
    return rows.astype(np.float32)


def test_few_rows_need_no_index():
    assert ProductIndex.of(clustered(50), np.arange(50, dtype=np.int32), 0) is None


def test_the_rows_with_the_largest_products_are_among_those_looked_at():
    rows = clustered()
    items = np.flatnonzero(np.arange(len(rows)) % 10).astype(np.int32)
    index = ProductIndex.of(rows, items, 0, most=1000)
    found, looked_at = [], []
    for query in clustered(30, seed=1):
        near = index.nearest(query)
        assert set(near.tolist()) <= set(items.tolist())
        best = items[np.argsort(-(rows[items] @ query))[:50]]
        found.append(np.isin(best, near).mean())
        looked_at.append(len(near))
    assert np.mean(found) > 0.95
    assert LOOKED_AT <= min(looked_at) <= max(looked_at) < len(items) / 2


def test_an_index_is_the_same_for_the_same_seed_and_survives_its_arrays():
    rows, items = clustered(5000), np.arange(5000, dtype=np.int32)
    index, again = (ProductIndex.of(rows, items, 3, most=10) for _ in range(2))
    state = index.get_state("index.")
    for name, array in again.get_state("index.").items():
        np.testing.assert_array_equal(array, state[name])
    restored = ProductIndex.from_state(state, "index.")
    query = rows[0]
    np.testing.assert_array_equal(restored.nearest(query), index.nearest(query))
    assert ProductIndex.from_state({}, "index.") is None
