from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.retrieval import retrieval
from recommender.engine.whereabouts import Step
from tests.engine.builders import random_dataset
from tests.engine.fakes import Fixed, Together

NAN = float("nan")


def of(request: Request, item: int, scores=(9, 8, 7, 6, NAN, 1), head=(1,)):
    made = Recommender(
        Fixed(scores), np.arange(6, 0, -1, dtype=np.int32), np.isin(np.arange(6), head)
    )
    [found] = made.score_query(request).whereabouts(request, [item])
    return found


HISTORY = Query.of([0])


@pytest.mark.parametrize(
    ("request_", "item", "step"),
    [
        (Request(HISTORY, allowed=np.arange(6) != 2), 2, Step.ALLOWED),
        (Request(HISTORY, exclude=np.array([2])), 2, Step.WANTED),
        (Request(HISTORY), 0, Step.UNKNOWN),
        (Request(HISTORY, only_tail=True), 1, Step.TAIL),
        (Request(HISTORY), 4, Step.SCORED),
        (Request(HISTORY, n=2), 3, Step.LISTED),
        (Request(HISTORY, n=2), 2, None),
    ],
)
def test_an_item_is_followed_to_the_step_that_it_does_not_pass(request_, item, step):
    assert of(request_, item).left_at == step


def test_scores_and_sources_are_given_as_far_as_the_item_comes():
    found = of(Request(HISTORY, n=2, tail=1.0), 1)
    assert (found.score, found.places[Step.RANKED], found.places[Step.DIALLED]) == (8.0, 1, 4)
    assert "history" in found.sources
    assert Step.LISTED not in found.places
    listed = of(Request(HISTORY, n=2), 2)
    assert listed.places == {Step.RANKED: 2, Step.DIALLED: 2, Step.LISTED: 2}
    assert math.isnan(of(Request(HISTORY), 4).score)


def test_what_is_no_candidate_and_what_is_not_retrieved_leave_before_ranking(monkeypatch):
    monkeypatch.setattr("recommender.engine.pipeline.DEPTH", 1)
    monkeypatch.setattr("recommender.engine.pipeline.SIDE_DEPTH", 1)
    assert of(Request(HISTORY, n=1), 5).left_at == Step.CANDIDATE
    monkeypatch.setattr(retrieval, "ALL_BELOW", 0)
    monkeypatch.setattr(retrieval, "NAMED", 2)
    assert of(Request(HISTORY, n=1), 5).left_at == Step.RETRIEVED


def test_the_steps_agree_with_the_list():
    data = random_dataset()
    made = Recommender.of(Together().fit(data, np.random.default_rng(0)), data)
    for user in range(10):
        request = Request(data.query(user), 8, tail=0.6, diversity=0.4, min_tail_share=0.5)
        scored = made.score_query(request)
        listed = [place.item for place in scored.recommend(request).ranked_items]
        found = scored.whereabouts(request, range(data.n_items))
        inside = {item: each for item, each in enumerate(found) if each.left_at is None}
        assert sorted(inside) == sorted(listed)
        assert sorted(inside, key=lambda item: inside[item].places[Step.LISTED]) == listed
