"""What a sequence network learns from: histories cut to windows, in batches, and last items kept back to judge by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.tf_cluster import current_cluster
from recommender.engine.scorers.sequential.scorer import SequenceParams

LENGTHS = (4, 8, 16, 32, 64)
"""Histories are cut to windows and filled up to one of these, so that few shapes are compiled."""

LEAST_STEPS, LEAST_BATCH = 40, 128
"""A small log is cut into more steps an epoch, of smaller batches."""

FEWEST_JUDGED = 20
JUDGED_PLACES = 30

Group = tuple[int, int, NDArray[np.int64]]
Draw = Callable[[np.random.Generator], IntArray]


@dataclass(frozen=True)
class Lesson:
    """``windows``: pieces of histories to learn from, two items or more; ``pasts`` were followed by ``answers``."""

    windows: Sequence[IntArray]
    pasts: Sequence[IntArray]
    answers: IntArray


@dataclass(frozen=True)
class Batch:
    """``items``: (rows, length + 1), filled up with 0; ``real``: (rows, length) whether the next item is one.

    ``negatives``: (n,) items that every position is compared with.
    """

    items: IntArray
    real: BoolArray
    negatives: IntArray
    seed: IntArray


def make_lesson(train: Dataset, params: SequenceParams, rng: np.random.Generator) -> Lesson:
    lengths = np.diff(train.matrix.indptr)
    able = np.flatnonzero(lengths >= 3)
    judged = (
        rng.choice(able, min(params.judged, len(able) // 10), replace=False) if len(able) else able
    )
    judged = judged if len(judged) >= FEWEST_JUDGED else judged[:0]
    held = set(judged.tolist())
    windows: list[IntArray] = []
    for user in np.flatnonzero(lengths >= 2).tolist():
        history = train.query(user).history
        windows += cut(history[:-1] if user in held else history, params.latest)
    histories = [train.query(user).history for user in judged]
    pasts = [history[:-1][-params.latest :] for history in histories]
    return Lesson(windows, pasts, np.array([history[-1] for history in histories], dtype=np.int32))


def cut(history: IntArray, latest: int) -> list[IntArray]:
    """Windows of ``latest`` + 1 items from the end, each beginning with the item that the one before ends with."""
    return [history[max(0, end - latest - 1) : end] for end in range(len(history), 1, -latest)]


def epochs_within(lesson: Lesson, params: SequenceParams) -> int:
    positions = sum(len(window) - 1 for window in lesson.windows)
    return int(np.clip(params.max_positions // positions, 1, params.max_epochs))


def steps_within(lesson: Lesson, params: SequenceParams) -> int:
    """Batches an epoch."""
    return len(_groups(lesson.windows, params, np.random.default_rng(0)))


def batches(
    windows: Sequence[IntArray], draw: Draw, params: SequenceParams, rng: np.random.Generator
) -> Iterator[Batch]:
    """Every window once, those of like length together, in random order."""
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
    """Windows that go together: the length to which they are filled up, the rows of the batch, and which they are."""
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


def judge(scores: FloatArray, lesson: Lesson) -> float:
    """NDCG@30 of the kept-back items among all that are new to the person; 0 without any."""
    gains = [0.0]
    for row, past, answer in zip(scores, lesson.pasts, lesson.answers, strict=True):
        better = row > row[answer]
        better[past] = False
        rank = int(better.sum())
        gains.append(1 / np.log2(rank + 2) if rank < JUDGED_PLACES else 0.0)
    return sum(gains) / max(1, len(gains) - 1)
