from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.stages.fallback import Popular, name_of
from tests.engine.fakes import Fixed

COUNTS = np.array([3, 0, 1], dtype=np.int32)


def test_recent_popularity_comes_before_popularity_before_counts():
    recent, ever = Fixed([1, 2, float("nan")]), Fixed([5, 6, 7])
    assert Popular.of({"popularity": ever, "recent_popularity": recent}, COUNTS).name == "recent_popularity"
    assert Popular.of({"popularity": ever}, COUNTS).scores.tolist() == [5, 6, 7]
    assert Popular.of({}, COUNTS).scores.tolist() == [3, 0, 1]


def test_what_nobody_met_scores_nothing_rather_than_unknown():
    popular = Popular.of({"recent_popularity": Fixed([1, 2, float("nan")])}, COUNTS)
    assert popular.scores.tolist() == [1, 2, 0]
    assert popular.explain(2) == []


@pytest.mark.parametrize("parts", [{}, {"popularity": Fixed([5, 6, 7])}])
def test_the_parts_sum_to_the_score(parts):
    popular = Popular.of(parts, COUNTS)
    assert sum(part.amount for part in popular.explain(2)) == popular.scores[2]


def test_the_path_has_a_name_only_when_the_person_had_no_part_in_it():
    popular = Popular.of({}, COUNTS)
    assert name_of(1, 3, popular) is None
    assert name_of(0, 3, popular) == "popular"
    assert name_of(0, 0, popular) == "nothing_available"
