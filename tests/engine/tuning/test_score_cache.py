from __future__ import annotations

import numpy as np
import pytest
from recommender.engine.tuning.coordinate_search import Mix, Search

from recommender.engine.scorers.hybrid import Blend, Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.tuning.score_cache import Candidate, Option, collect
from recommender.engine.tuning.validation import hold_back
from tests.engine.builders import random_dataset

DATA = random_dataset(n_users=60, n_items=40, n_events=900)


@pytest.fixture(scope="module")
def validation():
    return hold_back(DATA, np.random.default_rng(0))


@pytest.fixture(scope="module")
def candidates(validation):
    rng = np.random.default_rng(0)
    parts = (ItemKnn().fit(validation.train, rng), Popularity().fit(validation.train, rng))
    return [Candidate(parts[0], Option(decay=0.7), part=0), Candidate(parts[1], Option(), part=1)]


@pytest.fixture(scope="module")
def score_cache(validation, candidates):
    return collect(validation, candidates)


def test_past_items_are_no_candidates(validation, score_cache):
    for query, items, empty in zip(
        validation.queries, score_cache.items, score_cache.empty, strict=True
    ):
        assert not set(items[~empty].tolist()) & set(query.history.tolist())


def test_a_mix_ranks_as_the_hybrid(validation, candidates, score_cache):
    blend = Blend({"item_knn": 1.0, "popularity": 0.3}, {"item_knn": 0.7}, 0.2)
    hybrid = Hybrid([candidate.scorer for candidate in candidates], blend)
    hybrid.people = validation.train.counts
    totals = Search(score_cache, [[0], [1]]).total(Mix((1.0, 0.3), (0, 1), 0.2))
    for query, items, empty, total in zip(
        validation.queries, score_cache.items, score_cache.empty, totals, strict=True
    ):
        np.testing.assert_allclose(
            total[~empty], hybrid.score(query)[items[~empty]], rtol=1e-4, atol=1e-4
        )


def test_held_out_items_are_marked_if_candidates_and_always_counted(validation, score_cache):
    for row, right in enumerate(validation.relevant):
        marked = score_cache.items[row][score_cache.relevant[row]]
        assert set(marked.tolist()) <= set(right.tolist())
        assert score_cache.wanted[row] == len(right)


def test_a_held_out_item_without_nomination_is_not_added(validation, candidates):
    alone = collect(validation, candidates[:1])
    cold = validation.train.counts == 0
    assert any(cold[right].any() for right in validation.relevant)
    assert alone.wanted_cold.sum() > 0
    assert not alone.cold.any()
