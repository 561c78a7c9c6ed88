"""Nested slices of the past: questions whose answers are known, from several moments.

The components are fitted again on the data before each slice. Several slices tell what holds from
one moment to the next; one alone is overfitted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.splitting import Split, instant_of, split_at, split_last, until
from recommender.engine.data.types import BoolArray, IntArray
from recommender.engine.runtime.size import is_large
from recommender.engine.tuning.validation import Validation, is_served, sample, shape_of

SLICES = 3
CUTS = (0.8, 0.65, 0.5, 0.35)
"""Shares of the log before each slice of shape ``time``; each slice is ``WINDOW`` of the log. The
last one is used where the first ``SLICES`` are not full of questions: more moments are the only
way to more of them."""

WINDOW = 0.2
MOST_QUESTIONS = 3000
MOST_SCORES = 15e6
"""Most questions times items where all items are scored: the scores of one option of one
component."""

LARGE_SLICES, LARGE_QUESTIONS = 2, 2000
"""Slices of a large catalogue, each a fit of every component, and most questions of each."""

ENOUGH_SERVED = 1000
"""With fewer questions of people to be served, a slice of shape ``time`` asks everybody's: what
people take next is learnt from all of them."""

FEWEST_QUESTIONS = 30
"""A slice with fewer questions is not used."""


def nested_slices(
    dataset: Dataset,
    rng: np.random.Generator,
    *,
    serve_users: IntArray | None = None,
    most: int = MOST_QUESTIONS,
    whole: Dataset | None = None,
) -> list[Validation]:
    """The slices in the shape of ``shape_of``, the newest first; at most ``most`` questions each.

    ``time``: windows of the log, each asked from the data before it. ``last``: each person's last
    item, then the one before it, and so on, each asked from the items before. The data of a slice
    holds nothing of the newer ones in the shape ``last``, and less of the log each time in the
    shape ``time``. A fourth one is made where one of three is not full.

    ``serve_users``: indices of the people to be served, who alone have questions if there are
    enough of them; None = everybody who returns. Where all items are scored, more of them have
    fewer questions; a large catalogue has ``LARGE_SLICES``. A slice
    without enough questions is left out, so the result may be empty.

    ``whole``: the log that tells when items came; None = ``dataset``. An item that was first taken
    after a slice had not come yet: as a candidate it would teach that new items are never taken.
    An item that nobody ever took may be old, and stays.
    """
    if is_large(dataset.n_items):
        n_slices, most = LARGE_SLICES, min(most, LARGE_QUESTIONS)
    else:
        n_slices, most = SLICES, min(most, int(MOST_SCORES / max(1, dataset.n_items)) + 1)
    served = is_served(dataset, serve_users)
    shape = shape_of(dataset, serve_users)
    taken = (whole or dataset).counts > 0
    slices: list[Validation] = []
    past = dataset
    for cut in CUTS:
        if len(slices) >= n_slices and (
            is_large(dataset.n_items) or all(len(one) >= most for one in slices)
        ):
            break
        if shape == "time":
            past = until(dataset, instant_of(dataset, min(1.0, cut + WINDOW)))
            split = split_at(past, instant_of(dataset, cut))
        else:
            split = split_last(past)
        one = _questions(shape, split, served, most, rng)
        slices.append(replace(one, later=taken & (past.counts == 0)))
        past = split.train
    return [one for one in slices if len(one) >= FEWEST_QUESTIONS]


def _questions(
    shape: str, split: Split, served: BoolArray, most: int, rng: np.random.Generator
) -> Validation:
    own = np.flatnonzero(served[split.users])
    if shape == "time" and len(own) < min(ENOUGH_SERVED, most):
        own = np.arange(len(split.users))
    rows = sample(own, most, rng)
    users = split.users[rows]
    queries = [split.train.query(user) for user in users]
    return Validation(shape, split.train, users, queries, [split.relevant[row] for row in rows])
