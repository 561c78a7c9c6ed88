from __future__ import annotations

import pytest

from recommender.engine.runtime.size import FEWEST_NEIGHBOURS, MOST_ENTRIES, neighbours_within


@pytest.mark.parametrize("n_items", [0, 10, 5_000, 300_000])
def test_small_and_middling_catalogues_keep_what_is_wanted(n_items):
    assert neighbours_within(200, n_items) == 200


def test_a_huge_matrix_stays_within_its_entries():
    assert neighbours_within(500, 1_000_000) * 1_000_000 <= MOST_ENTRIES
    assert neighbours_within(500, 10**9) == FEWEST_NEIGHBOURS
