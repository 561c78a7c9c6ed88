from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.data.ratings import ratings_of
from recommender.engine.evaluation.rating_evaluation import Interval, evaluate_ratings
from recommender.engine.scorers.ratings.baselines import Habits, overall_mean
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.ratings.test_scorer import two_tastes


@pytest.fixture(scope="module")
def report():
    return evaluate_ratings(two_tastes(), seeds=2)


def test_the_model_finds_tastes_that_habits_cannot_predict(report):
    mse = {name: figures["mse"].mean for name, figures in report.figures.items()}
    assert mse["ours"] < 0.6 * mse["habits"]
    assert mse["ours"] <= mse["plain_factors"]


def test_two_dozen_people_are_enough_for_clear_tastes():
    report = evaluate_ratings(two_tastes(n_users=24), seeds=2)
    assert report.figures["ours"]["mse"].mean < 0.6 * report.figures["habits"]["mse"].mean


def test_figures_are_consistent(report):
    for figures in report.figures.values():
        assert figures["rmse"].mean == pytest.approx(figures["mse"].mean ** 0.5, rel=0.02)
        assert figures["mae"].mean <= figures["rmse"].mean
        assert figures["mse"].low <= figures["mse"].mean <= figures["mse"].high
    assert (report.seeds, report.people, report.items, report.ratings) == (2, 80, 20, 960)
    assert 0 < report.tail_ratings < 0.2 * 960


def test_evaluation_is_deterministic_and_progress_only_grows(report):
    reported: list[float] = []
    again = evaluate_ratings(
        two_tastes(), seeds=2, progress=lambda stage, fraction: reported.append(fraction)
    )
    assert again == report
    assert reported == sorted(reported)
    assert reported[-1] == 1


def test_a_log_without_stars_is_rejected():
    with pytest.raises(DataError, match="no ratings"):
        evaluate_ratings(random_dataset(), seeds=1)
    with pytest.raises(DataError, match="too few to learn from"):
        evaluate_ratings(
            dataset([(u, u % 3) for u in range(100)], 3, values=[3, 4, 4, 5] * 25), seeds=1
        )


def test_habits_are_shrunk_means():
    data = two_tastes()
    ratings = ratings_of(data.log)
    found = Habits.of(ratings, data.n_users + 1, data.n_items, rounds=1)
    own = ratings.items == 0
    expected = (ratings.stars[own] - ratings.stars.mean()).sum() / (own.sum() + 3)
    assert found.items[0] == pytest.approx(expected, rel=1e-5)
    assert found.people[-1] == 0
    assert found.items[-1] == 0
    mean = overall_mean(ratings, 1, 1, np.random.default_rng(0))
    assert mean(np.zeros(2, np.int32), np.zeros(2, np.int32)) == pytest.approx(
        [ratings.stars.mean()] * 2
    )


def test_an_interval_uses_students_t():
    found = Interval.of([1.0, 2.0, 3.0])
    assert (found.mean, found.low, found.high) == pytest.approx(
        (2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5)
    )
    assert np.isnan(Interval.of([1.0]).low)
