"""Fit how much the views of a word count, on the newest part of the log."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.size import is_large
from recommender.engine.scorers.interest_words.batches import NEXT, make_windows
from recommender.engine.scorers.interest_words.followers import Followers, count_followers
from recommender.engine.scorers.interest_words.params import LATEST
from recommender.engine.scorers.interest_words.rate_mixture import UNFITTED, RateMixture, log_of
from recommender.engine.text.lexicon import CatalogueWords

LATE = 0.05
"""Newest share of the log, whose words are predicted."""

MOST_MOMENTS, FEWEST_MOMENTS = 500, 30
"""Moments that are predicted. With fewer the weights stay ``UNFITTED``."""

MOST_READ = 20_000
"""Moments of a large catalogue that they are chosen from."""

ENOUGH_RETURNS = 100
"""Moments of return from which on no others are predicted."""

MOST_TURNS = 20
"""Other moments of one person."""

CANDIDATES = 150
"""Words of a moment: those that could be written, likeliest first."""

CAUTION = 30.0
"""Strength of the pull to ``UNFITTED``."""

STEPS, LARGEST_STEP, EXACT = 20, 2.0, 1e-4
"""Of Newton's method."""


class Moment(NamedTuple):
    """The latest items ``past`` of a person, oldest first, and those ``ahead``."""

    past: IntArray
    ahead: IntArray


def fit_mixture(
    train: Dataset, words: CatalogueWords, rng: np.random.Generator, most: int
) -> RateMixture:
    """Fit the weights on the newest part of the log.

    ``most``: positions of histories to count. The network is not asked: it has learnt from the
    newest part, too.
    """
    cut = len(train.log) - int(LATE * len(train.log))
    moments = moments_after(train, cut, rng)
    if len(moments) < FEWEST_MOMENTS:
        return RateMixture.unfitted()
    early = train.with_log(train.log.take(np.arange(cut)))
    windows = make_windows(early, rng, most)
    followers = count_followers(early, windows, words.weights, words.lexicon.writable)
    rows = [_candidates(moment, followers, words.weights) for moment in moments]
    logs, came = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return RateMixture(regression(logs, came, UNFITTED, CAUTION))


def moments_after(train: Dataset, cut: int, rng: np.random.Generator) -> list[Moment]:
    """At most ``MOST_MOMENTS`` moments after the first ``cut`` interactions.

    First those of return: the first item of a person after the cut, with a history before it. A
    text is written for such a moment. Where few return, others of each person in turn.
    """
    late = train.with_log(train.log.take(np.arange(cut, len(train.log)))).matrix
    newest = np.diff(late.indptr)
    found: list[tuple[int, Moment]] = []
    for user in rng.permutation(np.flatnonzero(newest)).tolist():
        if is_large(train.n_items) and len(found) >= MOST_READ:
            break
        history = train.query(user).history
        first = len(history) - int(newest[user])
        others = rng.permutation(np.arange(first + 1, len(history)))[:MOST_TURNS]
        found += [
            (turn, Moment(history[max(0, end - LATEST) : end], history[end : end + NEXT]))
            for turn, end in enumerate([first, *others.tolist()])
            if end > 0
        ]
    found.sort(key=lambda entry: entry[0])
    returns = sum(turn == 0 for turn, _moment in found)
    enough = returns if returns >= ENOUGH_RETURNS else len(found)
    return [moment for _turn, moment in found[: min(enough, MOST_MOMENTS)]]


def _candidates(
    moment: Moment, followers: Followers, weights: sp.csr_matrix
) -> tuple[FloatArray, BoolArray]:
    """(m, 3) logs of the views of likely words, (m,) whether each word came."""
    rate = followers.rates(moment.past, weights)
    words = np.argsort(-rate * followers.trend, kind="stable")[:CANDIDATES]
    views = (rate, followers.trend, followers.usual)
    logs = np.column_stack([log_of(view[words]) for view in views])
    return logs, np.isin(words, weights[moment.ahead].indices)


def regression(logs: FloatArray, came: BoolArray, prior: FloatArray, caution: float) -> FloatArray:
    """(k + 1,) weights and bias of a logistic regression, pulled to ``prior`` by ``caution``.

    ``logs`` (m, k). No weight is below 0: a view that would be is left out. The bias is not pulled.
    """
    inputs = np.column_stack([logs, np.ones(len(logs))]).astype(np.float64)
    pull = np.append(np.full(logs.shape[1], caution), 1e-6)
    found, free = np.zeros(len(pull)), np.ones(len(pull), dtype=bool)
    while True:
        found[:] = 0
        found[free] = _newton(inputs[:, free], came, prior[free], pull[free])
        below = np.append(found[:-1] < 0, False)
        if not below.any():
            return found.astype(np.float32)
        free &= ~below


def _newton(
    inputs: NDArray[np.float64], came: BoolArray, prior: FloatArray, pull: NDArray[np.float64]
) -> NDArray[np.float64]:
    found = prior.astype(np.float64)
    for _step in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (share - came) + pull * (found - prior)
        curve = (inputs * (share * (1 - share))[:, None]).T @ inputs + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        size = float(np.abs(step).max())
        found = found - step * min(1.0, LARGEST_STEP / max(size, 1e-12))
        if size < EXACT:
            break
    return found
