from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.splitting import split_by_time
from recommender.engine.evaluation.tail_frontier import DIALS, frontier, sample_of
from recommender.engine.pipeline import Recommender, Request
from tests.engine.builders import random_dataset
from tests.engine.fakes import Together


@pytest.fixture(scope="module")
def split():
    return split_by_time(random_dataset(n_users=90, n_items=60, n_events=1500), share=0.2)


@pytest.fixture(scope="module")
def recommender(split):
    return Recommender.of(Together().fit(split.train, np.random.default_rng(0)), split.train)


def test_the_tail_share_grows_with_the_dial_and_accuracy_falls(split, recommender):
    found = frontier(recommender, split, k=10)
    settings = found["settings"]
    assert [setting["tail"] for setting in settings] == list(DIALS)
    shares = [setting["tail_share"] for setting in settings]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    assert settings[-1]["novelty"] > settings[0]["novelty"]
    assert settings[-1]["ndcg"] < settings[0]["ndcg"]
    assert settings[0]["ndcg_low"] <= settings[0]["ndcg"] <= settings[0]["ndcg_high"]


def test_at_0_the_frontier_reserves_no_place(split, recommender):
    without = frontier(recommender, split, k=10)["settings"]
    reserved = frontier(recommender, split, k=10, reranking={"min_tail_share": 0.8})["settings"]
    assert reserved[0] == without[0]
    assert reserved[1]["tail_share"] >= 0.8 > without[1]["tail_share"]


def test_variants_are_the_same_as_single_lists(split, recommender):
    requests = [Request(split.train.query(user), 7, min_tail_share=0.3) for user in split.users]
    for request, scored in zip(requests, recommender.score_queries(requests), strict=True):
        for variant in (request, replace(request, tail=0.6)):
            alone = recommender.recommend(variant)
            assert scored.recommend(variant).ranked_items == alone.ranked_items


def test_progress_ends_at_1(split, recommender):
    steps = []
    frontier(
        recommender,
        split,
        k=5,
        dials=(0.0,),
        progress=lambda stage, fraction: steps.append(fraction),
    )
    assert steps == sorted(steps)
    assert steps[-1] == 1


def test_a_sample_of_people_is_evenly_chosen(split):
    few = sample_of(split, 5)
    assert len(few) == 5
    assert (few.users[0], few.users[-1]) == (split.users[0], split.users[-1])
    for user, relevant in zip(few.users, few.relevant, strict=True):
        assert relevant is split.relevant[split.users.tolist().index(user)]
    assert sample_of(split, 10**6).users.tolist() == split.users.tolist()
