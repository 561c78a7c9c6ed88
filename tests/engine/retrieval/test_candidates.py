from __future__ import annotations

import numpy as np

from recommender.engine.retrieval.candidates import CandidateSource, generate, top

NAN = float("nan")
SCORES = np.array([3, NAN, 5, 1, 5, 4], dtype=np.float32)
EVERYTHING = np.ones(6, dtype=bool)


def names(candidates):
    bits = dict(zip(candidates.items.tolist(), candidates.brought_by.tolist(), strict=True))
    return {
        item: {s for b, s in enumerate(candidates.sources) if bits[item] >> b & 1} for item in bits
    }


def test_top_takes_the_best_allowed_items_with_a_score():
    assert sorted(top(SCORES, EVERYTHING, 3)) == [2, 4, 5]
    assert sorted(top(SCORES, np.array([1, 1, 0, 1, 0, 0], dtype=bool), 3)) == [0, 3]


def test_top_breaks_ties_by_the_lower_index():
    assert sorted(top(np.array([1, 7, 1, 1], dtype=np.float32), np.ones(4, dtype=bool), 3)) == [
        0,
        1,
        2,
    ]
    assert top(SCORES, EVERYTHING, 1).tolist() == [2]


def test_candidates_are_the_union_with_the_names_of_their_sources():
    sources = [
        CandidateSource("history", SCORES, 2),
        CandidateSource("tail", SCORES, 1, among=np.arange(6) > 3),
        CandidateSource("text", -SCORES, 1),
    ]
    assert names(generate(sources, EVERYTHING)) == {
        2: {"history"},
        3: {"text"},
        4: {"history", "tail"},
    }


def test_no_source_contributes_items_that_are_not_allowed():
    allowed = np.array([1, 1, 0, 1, 0, 0], dtype=bool)
    assert generate(
        [CandidateSource("a", SCORES, 6), CandidateSource("b", -SCORES, 6)], allowed
    ).items.tolist() == [
        0,
        3,
    ]
