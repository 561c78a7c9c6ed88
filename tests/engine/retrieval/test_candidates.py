from __future__ import annotations

import numpy as np

from recommender.engine.retrieval.candidates import CandidateSource, Sources, generate, top

NAN = float("nan")
SCORES = np.array([3, NAN, 5, 1, 5, 4], dtype=np.float32)
EVERYTHING = np.ones(6, dtype=bool)


def over(*sources, items=range(6)):
    return Sources(np.array(items, dtype=np.int32), sources)


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
    sources = over(
        CandidateSource("history", SCORES, 2),
        CandidateSource("tail", SCORES, 1, among=np.arange(6) > 3),
        CandidateSource("text", -SCORES, 1),
    )
    assert names(generate(sources, EVERYTHING)) == {
        2: {"history"},
        3: {"text"},
        4: {"history", "tail"},
    }


def test_no_source_contributes_items_that_are_not_allowed():
    allowed = np.array([1, 1, 0, 1, 0, 0], dtype=bool)
    both = over(CandidateSource("a", SCORES, 6), CandidateSource("b", -SCORES, 6))
    assert generate(both, allowed).items.tolist() == [0, 3]


def test_sources_may_be_of_a_part_of_the_catalogue():
    found = generate(over(CandidateSource("a", SCORES, 2), items=range(10, 70, 10)), EVERYTHING)
    assert found.items.tolist() == [30, 50]
    assert found.at.tolist() == [2, 4]


def test_scores_are_found_by_item():
    part = over(CandidateSource("a", SCORES, 2), items=range(10, 70, 10))
    scores = part.scores_of(np.array([60, 10, 15, 99, 20], dtype=np.int32))
    np.testing.assert_array_equal(scores, [4, 3, NAN, NAN, NAN])
    assert np.isnan(over(CandidateSource("a", SCORES[:0], 2), items=()).scores_of(part.items)).all()
