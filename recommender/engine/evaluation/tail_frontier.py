"""The tail frontier: accuracy and tail exposure of the same people's lists at each dial setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from recommender.engine.data.splitting import Split
from recommender.engine.data.types import IntArray, Progress, no_progress
from recommender.engine.evaluation.evaluate import evaluate
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking.reranking import TUNED_AT

DIALS = (0.0, TUNED_AT, 0.5, 0.75, 1.0)
MOST_PEOPLE = 500
FIGURES = (
    "ndcg", "ndcg_low", "ndcg_high", "tail_recall", "tail_recall_low", "tail_recall_high",
    "tail_share", "coverage", "novelty",
)  # fmt: skip
"""The fields of ``Metrics`` that the frontier contains for each setting."""


def frontier(
    recommender: Recommender,
    split: Split,
    *,
    k: int,
    reranking: Mapping[str, Any] | None = None,
    dials: Sequence[float] = DIALS,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Evaluate lists of k items at each dial setting.

    Returns JSON values: ``people``, ``k``, and ``settings`` in the order of ``dials``.

    Args:
        recommender: fitted on the split's training data.
        split: at most 500 of its people are evaluated, evenly chosen.
        reranking: further fields of the requests, as in serving.
    """
    sample = sample_of(split, MOST_PEOPLE)
    requests = [Request(split.train.query(user), k, **(reranking or {})) for user in sample.users]
    lists: list[list[IntArray]] = [[] for _ in dials]
    for at, scored in enumerate(recommender.score_queries(requests)):
        for column, dial in zip(lists, dials, strict=True):
            made = scored.recommend(requests[at].turned(dial))
            column.append(np.array([ranked.item for ranked in made.ranked_items], dtype=np.int32))
        progress("frontier", (at + 1) / len(requests))
    settings = [
        _setting(dial, column, sample, k) for dial, column in zip(dials, lists, strict=True)
    ]
    return {"people": len(sample), "k": k, "settings": settings}


def sample_of(split: Split, most: int) -> Split:
    """The split with at most ``most`` of its people, evenly chosen."""
    rows = np.unique(np.linspace(0, len(split) - 1, min(most, len(split))).astype(int))
    return Split(split.train, split.users[rows], [split.relevant[row] for row in rows])


def _setting(dial: float, lists: Sequence[IntArray], split: Split, k: int) -> dict[str, float]:
    figures = evaluate(lists, split, k, intervals=True).as_dict()
    return {"tail": dial, **{name: figures[name] for name in FIGURES}}
