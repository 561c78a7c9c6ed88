"""Errors of predicted stars on random 80/20 splits of a log's ratings, beside simpler methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.data.head_tail import head_items
from recommender.engine.data.ratings import Ratings, rated, rating_rows, ratings_of
from recommender.engine.data.types import BoolArray, IntArray, Progress, no_progress
from recommender.engine.runtime.progress import Steps
from recommender.engine.scorers.ratings.baselines import (
    Predict,
    habits,
    overall_mean,
    plain_factors,
)
from recommender.engine.scorers.ratings.scorer import Rating

TEST_SHARE = 0.2
CONFIDENCE = 0.95
PEOPLE_AT_A_TIME = 200
FIGURES = ("mse", "rmse", "mae", "tail_mse")


@dataclass(frozen=True)
class Interval:
    """A mean over seeds with its 95 % t-interval; low and high are NaN for one seed."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        mean, n = float(np.mean(values)), len(values)
        if n < 2:
            return cls(mean, float("nan"), float("nan"))
        half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
        return cls(mean, mean - half, mean + half)


@dataclass(frozen=True)
class RatingReport:
    """``figures[method][figure]``; counts of ``ratings``, and of ``people`` and ``items`` with any.

    ``tail_ratings``: held-out ratings of tail items, mean over seeds.
    """

    seeds: int
    ratings: int
    people: int
    items: int
    tail_ratings: float
    figures: Mapping[str, Mapping[str, Interval]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_ratings(
    dataset: Dataset, *, seeds: int, progress: Progress = no_progress
) -> RatingReport:
    """Hold out a random fifth of the ratings, train on the others and predict it; seeds 0, 1, …

    Predictions are clipped to the stars that occur in training. Tail items are all but the 20 %
    most rated in training. Memory: two splits of the log.

    Raises:
        DataError: if the log's values are not stars.
    """
    dataset = Dataset(dataset.items, rated(dataset), dataset.n_users)
    rows = rating_rows(dataset.log)
    if not len(rows):
        raise DataError(
            "value: no ratings: stars must lie within 0.5 and 10 on at most 20 steps, "
            "and be 100 or more"
        )
    steps = Steps(seeds * len(METHODS), progress)
    splits = [_one_split(dataset, rows, seed, steps) for seed in range(seeds)]
    figures = {
        name: {
            figure: Interval.of([errors[name][figure] for errors, _ in splits])
            for figure in FIGURES
        }
        for name in METHODS
    }
    everyone = ratings_of(dataset.log)
    return RatingReport(
        seeds=seeds,
        ratings=len(rows),
        people=len(np.unique(everyone.users)),
        items=len(np.unique(everyone.items)),
        tail_ratings=float(np.mean([tail for _, tail in splits])),
        figures=figures,
    )


def _one_split(
    dataset: Dataset, rows: NDArray[np.int64], seed: int, steps: Steps
) -> tuple[dict[str, dict[str, float]], int]:
    """Figures by method, and the number of held-out ratings of tail items."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(rows)
    hidden = round(TEST_SHARE * len(rows))
    train = dataset.with_log(dataset.log.take(np.sort(shuffled[hidden:])))
    known, test = ratings_of(train.log), _ratings(dataset, np.sort(shuffled[:hidden]))
    if not len(known):
        raise DataError(f"value: {len(rows) - hidden} ratings are too few to learn from")
    tail = ~head_items(np.bincount(known.items, minlength=dataset.n_items))[test.items]  # type: ignore[arg-type]
    errors = {}
    for name, method in METHODS.items():
        progress = steps.next()
        predicted = method(train, known, np.random.default_rng(seed))(test.users, test.items)
        errors[name] = _errors(
            np.clip(predicted, known.stars.min(), known.stars.max()) - test.stars, tail
        )
        progress(name, 1.0)
    return errors, int(tail.sum())


def _ratings(dataset: Dataset, rows: NDArray[np.int64]) -> Ratings:
    log = dataset.log
    assert log.values is not None
    return Ratings(log.users[rows], log.items[rows], log.values[rows])


def _errors(error: NDArray[np.float64], tail: BoolArray) -> dict[str, float]:
    mse = float((error**2).mean())
    of_tail = float((error[tail] ** 2).mean()) if tail.any() else float("nan")
    return {"mse": mse, "rmse": mse**0.5, "mae": float(np.abs(error).mean()), "tail_mse": of_tail}


def _ours(train: Dataset, known: Ratings, rng: np.random.Generator) -> Predict:
    """The product's own model, called as in serving: with each person's current stars."""
    model, mean = Rating().fit(train, rng), float(known.stars.mean())

    def predict(users: IntArray, items: IntArray) -> NDArray[np.float64]:
        predicted = np.full(len(users), np.nan)
        everybody = np.unique(users)
        for start in range(0, len(everybody), PEOPLE_AT_A_TIME):
            people = everybody[start : start + PEOPLE_AT_A_TIME]
            scores = model.score_batch([train.query(person) for person in people])
            rows = np.flatnonzero(np.isin(users, people))
            predicted[rows] = mean + scores[np.searchsorted(people, users[rows]), items[rows]]
        stars: NDArray[np.float64] = np.nan_to_num(predicted, nan=mean)
        return stars

    return predict


def _baseline(make: Callable[[Ratings, int, int, np.random.Generator], Predict]) -> Method:
    return lambda train, known, rng: make(known, train.n_users, train.n_items, rng)


Method = Callable[[Dataset, Ratings, np.random.Generator], Predict]

METHODS: Mapping[str, Method] = {
    "ours": _ours,
    "plain_factors": _baseline(plain_factors),
    "habits": _baseline(habits),
    "mean": _baseline(overall_mean),
}
