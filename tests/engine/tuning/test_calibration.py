from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.tuning.calibration import CALIBRATIONS, Tried, try_calibrations, with_best
from recommender.engine.tuning.validation import Validation
from tests.engine.builders import dataset, random_dataset
from tests.engine.fakes import Fixed

NAN = float("nan")


def mixed_histories():
    """Each person's last four items are two of tea and two of wool; only tea has scores."""
    events = [(user, item) for user in range(40) for item in (0, 1, 20, 21)]
    categories = [("tea",)] * 20 + [("wool",)] * 20
    data = dataset(events, 40, categories=categories)
    queries = [data.query(user) for user in range(40)]
    relevant = [np.array([2 + user % 3, 22 + user % 3], dtype=np.int32) for user in range(40)]
    return Validation("time", data, np.arange(40, dtype=np.int32), queries, relevant)


def fixed(validation):
    scores = np.linspace(2, 1, validation.train.n_items)
    return Hybrid([Fixed(scores, "popularity")], Blend({"popularity": 1.0})).fit(
        validation.train, np.random.default_rng(0)
    )


def test_calibration_is_chosen_if_lists_hit_more():
    validation = mixed_histories()
    blend = Blend({"popularity": 1.0})
    tried = try_calibrations(blend, fixed(validation), validation, 10)
    assert [each.calibration for each in tried] == list(CALIBRATIONS)
    assert tried[0].ndcg < tried[-1].ndcg
    assert with_best(blend, tried).calibration > 0


def test_without_categories_nothing_is_tried():
    data = dataset([(0, 1), (0, 2)], 4)
    validation = Validation("last", data, np.array([0]), [data.query(0)], [np.array([3])])
    assert try_calibrations(Blend({"popularity": 1.0}), fixed(validation), validation, 10) == []
    assert with_best(Blend({"popularity": 1.0}), []).calibration == 0


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [
        ([(0.100, 0.10), (0.1005, 0.2), (0.10, 0.3)], 0.0),
        ([(0.100, 0.10), (0.103, 0.10), (0.102, 0.1)], 0.1),
        ([(0.100, 0.10), (0.110, 0.09), (0.102, 0.1)], 0.2),
        ([(0.100, NAN), (0.101, NAN), (0.103, NAN)], 0.2),
        ([(NAN, NAN), (NAN, NAN)], 0.0),
    ],
)
def test_calibration_must_gain_enough_and_cost_little_tail(tried, chosen):
    figures = [Tried(value, *pair) for value, pair in zip(CALIBRATIONS, tried, strict=False)]
    assert with_best(Blend({"popularity": 1.0}), figures).calibration == chosen


def test_at_most_five_hundred_questions_are_evaluated():
    data = random_dataset()
    asked = []

    class Counting(Fixed):
        def score_reweighted(self, queries, items=None):
            asked.extend(queries)
            return super().score_reweighted(queries, items)

    hybrid = Hybrid([Counting(range(data.n_items), "popularity")], Blend({"popularity": 1.0}))
    hybrid.fit(data, np.random.default_rng(0))
    n = 2500
    questions = [data.query(row % data.n_users) for row in range(n)]
    validation = Validation(
        "last", data, np.zeros(n, dtype=np.int32), questions, [np.array([1])] * n
    )
    try_calibrations(hybrid.blend, hybrid, validation, 10)
    assert len(asked) == 500
