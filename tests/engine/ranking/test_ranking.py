from __future__ import annotations

import numpy as np

from recommender.engine.data.types import RankedItem
from recommender.engine.ranking.ranking import rank
from recommender.engine.retrieval.candidates import Candidates

ITEMS = np.array([0, 2, 3, 5], dtype=np.int32)
CANDIDATES = Candidates(ITEMS, ITEMS, np.array([1, 2, 3, 1], dtype=np.uint16), ("a", "b"))


def test_items_are_ordered_by_score_and_those_without_one_left_out():
    ranked = rank(CANDIDATES, np.array([1, 9, 2, np.nan, 9, 4], dtype=np.float32))
    assert ranked.ranked_items() == (
        RankedItem(5, 4.0, ("a",)),
        RankedItem(2, 2.0, ("b",)),
        RankedItem(0, 1.0, ("a",)),
    )


def test_ties_are_ordered_by_index():
    assert rank(CANDIDATES, np.ones(6, dtype=np.float32)).items.tolist() == [0, 2, 3, 5]
    assert rank(CANDIDATES, np.ones(6, dtype=np.float32)).ranked_items()[2].sources == ("a", "b")
