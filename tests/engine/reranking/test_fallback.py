from __future__ import annotations

import numpy as np

from recommender.engine.reranking.fallback import Popular, name_of

COUNTS = np.array([3, 0, 1], dtype=np.int32)


def test_what_is_liked_lately_comes_before_counts():
    recent = Popular.of(np.array([1, 2, 0], dtype=np.float32), COUNTS)
    assert (recent.name, recent.scores.tolist()) == ("recent_popularity", [1, 2, 0])
    ever = Popular.of(None, COUNTS)
    assert (ever.name, ever.scores.tolist()) == ("popular", [3, 0, 1])


def test_what_nobody_met_scores_nothing_rather_than_unknown():
    assert Popular.of(np.array([1, 2, np.nan], dtype=np.float32), COUNTS).scores.tolist() == [
        1,
        2,
        0,
    ]


def test_the_parts_sum_to_the_score():
    assert sum(part.amount for part in Popular.of(None, COUNTS).explain(2)) == 1


def test_the_path_has_a_name_only_when_the_person_had_no_part_in_it():
    popular = Popular.of(None, COUNTS)
    assert name_of(1, 3, popular) is None
    assert name_of(0, 3, popular) == "popular"
    assert name_of(0, 0, popular) == "nothing_available"
