"""The figures of the published table, defined. All allowed items are ranked, k = 10."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.request import Request
from recommender.engine.data.types import IntArray
from recommender.engine.evaluation import metrics
from recommender.engine.pipeline import Recommender
from recommender.engine.text.tfidf import item_tfidf
from recommender.experiments.paper_data import Arrangement

K = 10
CROWD = 100
"""Items of the lenient evaluation: one that the person took, and random ones."""

Lister = Callable[[Sequence[Request]], list[IntArray]]


@dataclass(frozen=True)
class Evaluator:
    """Evaluates methods on an arrangement. ``reranking``: tuned fields of a ``Request``."""

    asked: Arrangement
    seed: int

    def figures(
        self, lister: Lister, reranking: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, float]:
        lists = lister(self.requests(self.asked.allowed, reranking))
        train, relevant = self.asked.train, self.asked.relevant
        tail = ~head_of(train)
        hits = hits_of(lists, relevant)
        return {
            "precision": float(hits.mean() / K),
            "hit_rate": float((hits > 0).mean()),
            "recall": metrics.recall(lists, relevant, K),
            "diversity": text_diversity(lists, item_tfidf(train.items).matrix),
            "tail_recall": metrics.recall(lists, [items[tail[items]] for items in relevant], K),
            "coverage": metrics.coverage(lists, train.n_items),
            "lenient_hit_rate": self._lenient(lister, reranking),
        }

    def requests(
        self, allowed: Sequence[np.ndarray], reranking: Mapping[str, Any]
    ) -> list[Request]:
        pairs = zip(self.asked.queries, allowed, strict=True)
        return [Request(query, K, allowed=mask, **reranking) for query, mask in pairs]

    def _lenient(self, lister: Lister, reranking: Mapping[str, Any]) -> float:
        """Share of people whose held-out item is among the first 10 of it and 99 random items.

        Source: He et al. 2017. Krichene, Rendle 2020 show why it should not be relied on.
        """
        rng = np.random.default_rng(self.seed)
        crowds, wanted = [], []
        for query, relevant, allowed in zip(
            self.asked.queries, self.asked.relevant, self.asked.allowed, strict=True
        ):
            others = allowed.copy()
            others[query.history] = False
            others[relevant] = False
            one = rng.choice(relevant, 1)
            crowd = np.zeros(len(allowed), dtype=bool)
            crowd[
                rng.choice(np.flatnonzero(others), min(CROWD - 1, int(others.sum())), replace=False)
            ] = True
            crowd[one] = True
            crowds.append(crowd)
            wanted.append(one)
        return float((hits_of(lister(self.requests(crowds, reranking)), wanted) > 0).mean())


def hits_of(lists: Sequence[IntArray], relevant: Sequence[IntArray]) -> np.ndarray:
    """(people,) number of relevant items in the list."""
    return np.array(
        [np.isin(given, wanted).sum() for given, wanted in zip(lists, relevant, strict=True)]
    )


def text_diversity(lists: Sequence[IntArray], words: sp.csr_matrix) -> float:
    """One minus the mean TF-IDF cosine of the pairs of a list, mean over lists; nan without text.

    Source: Ziegler et al. 2005 (intra-list similarity), with the cosine.
    """
    if not words.nnz:
        return float("nan")
    likeness = []
    for items in lists:
        n = len(items)
        if n > 1:
            rows = words[items]
            together, alone = np.asarray(rows.sum(axis=0)).ravel(), rows.multiply(rows).sum()
            likeness.append((together @ together - alone) / (n * (n - 1)))
    return 1 - float(np.mean(likeness)) if likeness else float("nan")


def of(recommender: Recommender) -> Lister:
    return lambda requests: [
        np.array([item.item for item in made.ranked_items], dtype=np.int32)
        for made in recommender.recommend_many(requests)
    ]


def chance(seed: int) -> Lister:
    """Random lists, as a baseline of each figure."""
    rng = np.random.default_rng(seed)

    def lists(requests: Sequence[Request]) -> list[IntArray]:
        made = []
        for request in requests:
            assert request.allowed is not None
            open_items = request.allowed.copy()
            open_items[request.query.history] = False
            made.append(rng.permutation(np.flatnonzero(open_items))[: request.n].astype(np.int32))
        return made

    return lists
