"""Evaluation of lists against a split: every figure of the project is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.data.head_tail import head_of, interaction_counts
from recommender.engine.data.providers import provider_codes, seldom_met
from recommender.engine.data.splitting import Split
from recommender.engine.data.types import BoolArray, IntArray
from recommender.engine.evaluation import metrics


@dataclass(frozen=True)
class Metrics:
    """Metrics at k; NaN if a metric is undefined. Intervals are 95 % bootstrap over people.

    ``seldom_met_share``: share of listed items of seldom met providers, see ``data.providers``.
    """

    ndcg: float
    recall: float
    tail_ndcg: float
    tail_recall: float
    cold_recall: float
    coverage: float
    tail_share: float
    gini: float
    novelty: float
    category_diversity: float
    miscalibration: float
    provider_gini: float
    seldom_met_share: float
    ndcg_low: float | None = None
    ndcg_high: float | None = None
    tail_recall_low: float | None = None
    tail_recall_high: float | None = None

    def as_dict(self) -> dict[str, float]:
        """The metrics by name, without the intervals if they were not requested."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def evaluate(
    lists: Sequence[IntArray], split: Split, k: int = 10, intervals: bool = False
) -> Metrics:
    """Evaluate one list per person of the split, in the order of ``split.users``, cut to k items.

    Raises:
        DataError: if the number of lists is not the number of the split's users.
    """
    if len(lists) != len(split.users):
        raise DataError(f"lists: {len(lists)} given for {len(split.users)} users of the split")
    lists = [np.asarray(items, dtype=np.int32)[:k] for items in lists]
    counts, head = interaction_counts(split.train), head_of(split.train)
    tail = _only(split.relevant, ~head)
    categories = split.train.items.categories
    ndcg = metrics.ndcg_by_person(lists, split.relevant, k)
    tail_recall = metrics.recall_by_person(lists, tail, k)
    return Metrics(
        ndcg=metrics.mean(ndcg),
        recall=metrics.recall(lists, split.relevant, k),
        tail_ndcg=metrics.ndcg(lists, tail, k),
        tail_recall=metrics.mean(tail_recall),
        cold_recall=metrics.recall(lists, _only(split.relevant, counts == 0), k),
        coverage=metrics.coverage(lists, split.train.n_items),
        tail_share=metrics.tail_share(lists, head),
        gini=metrics.gini(lists, split.train.n_items),
        novelty=metrics.novelty(lists, counts),
        category_diversity=metrics.category_diversity(lists, categories),
        miscalibration=metrics.miscalibration(lists, split.train.matrix[split.users], categories),
        **_provider_figures(lists, split.train),
        **(_intervals(ndcg, tail_recall) if intervals else {}),
    )


def _only(relevant: Sequence[IntArray], wanted: BoolArray) -> list[IntArray]:
    return [items[wanted[items]] for items in relevant]


def _provider_figures(lists: Sequence[IntArray], train: Dataset) -> dict[str, float]:
    providers = provider_codes(train.items.providers)
    if providers is None:
        return dict.fromkeys(("provider_gini", "seldom_met_share"), float("nan"))
    return {
        "provider_gini": metrics.provider_gini(lists, providers),
        "seldom_met_share": metrics.share_of(lists, seldom_met(providers, train.counts)),
    }


def _intervals(ndcg: metrics.Values, tail_recall: metrics.Values) -> dict[str, float]:
    low, high = metrics.bootstrap_interval(ndcg)
    tail_low, tail_high = metrics.bootstrap_interval(tail_recall)
    return {
        "ndcg_low": low,
        "ndcg_high": high,
        "tail_recall_low": tail_low,
        "tail_recall_high": tail_high,
    }
