from __future__ import annotations

import numpy as np

from recommender.engine.reranking.fallback import Popular, name_of

COUNTS = np.array([3, 0, 1], dtype=np.int32)


def test_recent_popularity_comes_before_counts():
    recent = Popular.of(np.array([1, 2, 0], dtype=np.float32), COUNTS)
    assert (recent.name, recent.scores.tolist()) == ("recent_popularity", [1, 2, 0])
    ever = Popular.of(None, COUNTS)
    assert (ever.name, ever.scores.tolist()) == ("popular", [3, 0, 1])


def test_an_item_without_interactions_scores_0():
    assert Popular.of(np.array([1, 2, np.nan], dtype=np.float32), COUNTS).scores.tolist() == [
        1,
        2,
        0,
    ]


def test_the_contributions_sum_to_the_score():
    assert sum(contribution.amount for contribution in Popular.of(None, COUNTS).explain(2)) == 1


def test_the_fallback_has_a_name_only_if_no_item_is_personal():
    popular = Popular.of(None, COUNTS)
    assert name_of(1, 3, popular) is None
    assert name_of(0, 3, popular) == "popular"
    assert name_of(0, 0, popular) == "nothing_available"
