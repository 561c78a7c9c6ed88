from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from recommender.engine.tuning.coordinate_search import (
    LISTED,
    SKETCHED,
    Mix,
    Search,
    figures_of,
    reserve_tail_places,
)

from recommender.engine.tuning.score_cache import ScoreCache


def score_cache(values, relevant, **others):
    """One question per row; the last of the three columns is a head item by default."""
    values = [np.array(rows, dtype=np.float32) for rows in values]
    shape, relevant = values[0].shape, np.array(relevant, dtype=bool)
    plain = ScoreCache(
        items=np.tile(np.arange(shape[1]), (shape[0], 1)).astype(np.int32),
        values=values,
        brought_by=np.full(shape, (1 << len(values)) - 1, dtype=np.uint16),
        popularity=np.zeros(shape, dtype=np.float32),
        empty=np.zeros(shape, dtype=bool),
        head=np.zeros(shape, dtype=bool),
        relevant=relevant,
        tail=relevant,
        cold=np.zeros(shape, dtype=bool),
        wanted=relevant.sum(axis=1),
        wanted_tail=relevant.sum(axis=1),
        wanted_cold=np.zeros(shape[0], dtype=np.int64),
    )
    return replace(plain, **others)


def wide(n_questions=200, width=60, seed=0):
    """The first component finds the held-out item; the second is noise; the third opposes it."""
    rng = np.random.default_rng(seed)
    relevant = np.zeros((n_questions, width), dtype=bool)
    relevant[np.arange(n_questions), rng.integers(0, width, n_questions)] = True
    good = rng.normal(size=relevant.shape) + 3 * relevant
    return score_cache([good, rng.normal(size=relevant.shape), -good], relevant)


def test_figures_are_those_of_the_lists():
    figures = figures_of(
        score_cache([[[3, 2, 1], [3, 2, 1]]], [[0, 1, 0], [1, 0, 1]]),
        np.array([[3, 2, 1], [3, 2, 1.0]]),
    )
    second = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert figures.ndcg_at_10 == pytest.approx((1 / math.log2(3) + second) / 2)
    assert figures.tail_recall == 1
    assert figures.cold_recall == 0
    assert figures.breadth == pytest.approx(3 / 6)


def test_held_out_items_that_are_no_candidates_still_count():
    asked = score_cache([[[3, 2, 1]]], [[1, 0, 0]], wanted=np.array([2]))
    expected = 1 / (1 + 1 / math.log2(3))
    assert figures_of(asked, asked.values[0]).ndcg_at_10 == pytest.approx(expected)


def test_nominations_of_other_components_are_never_listed():
    """Otherwise a component without weight would choose items, and the penalty would rank them."""
    second_alone = np.array([[0b11, 0b11, 0b10]], dtype=np.uint16)
    asked = score_cache([[[3, 2, 9]], [[0, 0, 5]]], [[1, 0, 0]], brought_by=second_alone)
    search = Search(asked, [[0], [1]])
    assert search.figures(Mix((1.0, 0.0), (0, 1))).ndcg_at_10 == 1
    assert search.figures(Mix((1.0, 0.1), (0, 1))).ndcg_at_10 < 1


def test_the_climb_finds_the_best_component():
    search = Search(wide(), [[0], [1], [2]])
    found = search.climb(Mix((0.0, 1.0, 1.0), (0, 1, 2)), lambda figures: figures.ndcg)
    assert found.weights[0] > 2 * found.weights[1]
    assert found.weights[2] == 0
    assert search.figures(found).ndcg >= search.figures(Mix((1.0, 0.0, 0.0), (0, 1, 2))).ndcg * 0.99


def test_a_sketch_of_the_questions_finds_as_good_a_blend():
    asked, start = wide(n_questions=2 * SKETCHED), Mix((0.0, 1.0, 1.0), (0, 1, 2))
    on_all, on_some = (
        Search(asked, [[0], [1], [2]], sketched=2 * SKETCHED),
        Search(asked, [[0], [1], [2]]),
    )
    highest = on_all.figures(on_all.climb(start, lambda figures: figures.ndcg)).ndcg
    assert (
        on_some.figures(on_some.climb(start, lambda figures: figures.ndcg)).ndcg >= 0.99 * highest
    )
    assert len(on_some.known) < len(on_all.known) / 2


def test_every_step_of_a_climb_is_recorded():
    search, start = Search(wide(), [[0], [1], [2]]), Mix((0.0, 1.0, 1.0), (0, 1, 2))
    best = search.climb(start, lambda figures: figures.ndcg, name="first")
    search.climb(best, lambda figures: figures.ndcg, name="again")
    assert [climb.name for climb in search.climbs] == ["first", "again"]
    mixes = search.climbs[0].mixes
    assert (mixes[0], mixes[-1]) == (start, best)
    gains = [search.figures(mix).ndcg for mix in mixes]
    assert gains == sorted(gains)
    assert search.climbs[1].mixes[0] == best


def test_the_climb_chooses_among_options():
    search = Search(wide(), [[2, 1, 0]])
    assert search.climb(Mix((1.0,), (2,)), lambda figures: figures.ndcg).options == (0,)


def test_the_climb_never_ends_below_its_start():
    for seed in range(3):
        search = Search(wide(seed=seed, n_questions=30), [[0], [1]])
        start = Mix((1.0, 1.0), (0, 1), 0.3)
        found = search.climb(start, lambda figures: figures.ndcg)
        assert search.figures(found).ndcg >= search.figures(start).ndcg


def test_the_climb_takes_a_penalty_that_helps():
    popular = np.zeros((50, 3), dtype=np.float32)
    popular[:, 0] = 5
    asked = score_cache(
        [np.tile([2.0, 1.9, 0.0], (50, 1))], np.tile([0, 1, 0], (50, 1)), popularity=popular
    )
    assert Search(asked, [[0]]).climb(Mix((1.0,), (0,)), lambda figures: figures.ndcg).penalty > 0


def test_the_tail_quota_removes_the_worst_head_items():
    head = np.array([[True] * 12 + [False] * 3])
    asked = score_cache([np.arange(15, 0, -1)[None]], np.zeros((1, 15)), head=head)
    scores = reserve_tail_places(asked, asked.values[0], 2)
    assert (scores < LISTED).ravel().tolist() == [False] * 8 + [True] * 4 + [False] * 3
    assert reserve_tail_places(asked, asked.values[0], 0) is asked.values[0]
