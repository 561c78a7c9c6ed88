from __future__ import annotations

import numpy as np
import pytest

from tests.engine.builders import dataset

NAN = float("nan")


def test_a_query_has_a_value_for_each_item():
    query = dataset([(0, 2), (1, 0), (0, 1)], 3, values=[5, 1, NAN]).query(0)
    assert query.history.tolist() == [2, 1]
    assert query.values.tolist() == pytest.approx([5, NAN], nan_ok=True)
    assert query.last(1).values.tolist() == pytest.approx([NAN], nan_ok=True)
    assert dataset([(0, 2)], 3).query(0).values is None


def test_a_repeated_item_has_its_latest_recorded_value():
    events = [(0, 1), (0, 2), (0, 1), (0, 2), (0, 1)]
    query = dataset(events, 3, values=[2, 3, 4, NAN, NAN]).query(0)
    assert query.history.tolist() == [2, 1]
    assert query.values.tolist() == [3, 4]
    np.testing.assert_array_equal(query.weights, [2, 3])
