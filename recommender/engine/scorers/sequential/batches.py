"""Training data of the sequence network: windows of histories in batches, and held-out items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.tf_cluster import current_cluster
from recommender.engine.scorers.sequential.params import SequenceParams

LENGTHS = (4, 8, 16, 32, 64)
"""Windows are padded to one of these lengths, so that few shapes are compiled."""

LEAST_STEPS, LEAST_BATCH = 40, 128
"""A small log has more steps per epoch, with smaller batches."""

FEWEST_HELD_OUT = 20
EVALUATED_DEPTH = 30

Group = tuple[int, int, NDArray[np.int64]]
Draw = Callable[[np.random.Generator], IntArray]


@dataclass(frozen=True)
class TrainingHistories:
    """``windows``: pieces of histories of two items or more, for training.

    ``pasts[row]`` was followed by the item ``held_out[row]``, for evaluation.
    """

    windows: Sequence[IntArray]
    pasts: Sequence[IntArray]
    held_out: IntArray


@dataclass(frozen=True)
class Batch:
    """One training step.

    Attributes:
        items: (rows, length + 1), padded with 0.
        real: (rows, length) whether the next item is real, not padding.
        negatives: (n,) sampled items that every position is compared with.
        seed: (2,) of the dropout.
    """

    items: IntArray
    real: BoolArray
    negatives: IntArray
    seed: IntArray


def split_histories(
    train: Dataset, params: SequenceParams, rng: np.random.Generator
) -> TrainingHistories:
    lengths = np.diff(train.matrix.indptr)
    able = np.flatnonzero(lengths >= 3)
    users = (
        rng.choice(able, min(params.judged, len(able) // 10), replace=False) if len(able) else able
    )
    users = users if len(users) >= FEWEST_HELD_OUT else users[:0]
    held = set(users.tolist())
    windows: list[IntArray] = []
    for user in np.flatnonzero(lengths >= 2).tolist():
        history = train.query(user).history
        windows += cut(history[:-1] if user in held else history, params.latest)
    whole = [train.query(user).history for user in users]
    pasts = [history[:-1][-params.latest :] for history in whole]
    last = np.array([history[-1] for history in whole], dtype=np.int32)
    return TrainingHistories(windows, pasts, last)


def cut(history: IntArray, latest: int) -> list[IntArray]:
    """Windows of ``latest`` + 1 items from the end; neighbouring windows share one item."""
    return [history[max(0, end - latest - 1) : end] for end in range(len(history), 1, -latest)]


def epochs_within(histories: TrainingHistories, params: SequenceParams) -> int:
    positions = sum(len(window) - 1 for window in histories.windows)
    return int(np.clip(params.max_positions // positions, 1, params.max_epochs))


def steps_within(histories: TrainingHistories, params: SequenceParams) -> int:
    """Batches per epoch."""
    return len(_groups(histories.windows, params, np.random.default_rng(0)))


def batches(
    windows: Sequence[IntArray], draw: Draw, params: SequenceParams, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every window once, windows of similar length together, in random order."""
    groups = _groups(windows, params, rng)
    for at in rng.permutation(len(groups)):
        length, rows, own = groups[at]
        items = np.zeros((rows, length + 1), dtype=np.int32)
        for row, window in enumerate(own):
            items[row, : len(windows[window])] = windows[window]
        real = np.zeros((rows, length), dtype=bool)
        real[: len(own)] = (
            np.arange(length) < np.array([len(windows[window]) - 1 for window in own])[:, None]
        )
        yield Batch(items, real, draw(rng), rng.integers(0, 2**30, 2).astype(np.int32))


def _groups(
    windows: Sequence[IntArray], params: SequenceParams, rng: np.random.Generator
) -> list[Group]:
    """Batches as (padded length, rows, window indices)."""
    lengths = np.array([len(window) - 1 for window in windows])
    filled = np.array([*(length for length in LENGTHS if length < params.latest), params.latest])
    filled = filled[np.searchsorted(filled, lengths)]
    size = int(np.clip(int(lengths.sum()) // LEAST_STEPS, LEAST_BATCH, params.batch))
    groups: list[Group] = []
    for length in np.unique(filled).tolist():
        own = rng.permutation(np.flatnonzero(filled == length))
        rows = max(current_cluster().workers, size // length)
        groups += [(length, rows, own[start : start + rows]) for start in range(0, len(own), rows)]
    return groups


def held_out_ndcg(scores: FloatArray, histories: TrainingHistories) -> float:
    """NDCG@30 of the held-out items among all items new to the user; 0 without held-out items."""
    gains = [0.0]
    for row, past, item in zip(scores, histories.pasts, histories.held_out, strict=True):
        better = row > row[item]
        better[past] = False
        rank = int(better.sum())
        gains.append(1 / np.log2(rank + 2) if rank < EVALUATED_DEPTH else 0.0)
    return sum(gains) / max(1, len(gains) - 1)
