"""Trees that nothing was learnt for: tests of what is done with trees need no LightGBM."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.pipeline import Recommender
from recommender.engine.ranking.features import FEATURES, ItemFacts
from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.ranking.trees import Trees
from recommender.engine.scorers.blend import Blend, Term
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity

BLEND = Blend(
    {"item_knn": 0.7, "popularity": 0.3},
    popularity_penalty=0.1,
    terms=(
        Term("item_knn", 1.0, 0.7, 0.4),
        Term("item_knn", 0.3, -0.1, 0.2),
        Term("popularity", 1.0, 0.2, -0.3),
    ),
    tail_bonus=0.2,
)
WIDTH = len(BLEND.terms) + len(FEATURES)


def stumps(features: Sequence[int], scale: float = 1.0) -> Trees:
    """One tree for each of these features, and then that of the next one: three leaves each."""
    n, rng = len(features), np.random.default_rng(0)
    first = np.repeat(2 * np.arange(n), 2).reshape(n, 2)
    leaves = -1 - np.arange(3 * n).reshape(n, 3)
    feature = np.array([[at, (at + 1) % WIDTH] for at in features], dtype=np.int32)
    rows = np.tile([30, 50, 20], n)
    return Trees(
        roots=first[:, 0].astype(np.int32),
        feature=feature.ravel(),
        threshold=rng.uniform(0, 0.5, 2 * n),
        left=np.stack([first[:, 0] + 1, leaves[:, 0]], axis=1).ravel().astype(np.int32),
        right=np.stack([leaves[:, 2], leaves[:, 1]], axis=1).ravel().astype(np.int32),
        nan_left=np.zeros(2 * n, dtype=bool),
        node_rows=np.tile([100, 80], n),
        leaf_value=scale * rng.normal(size=3 * n),
        leaf_rows=rows,
    )


def with_trees(data: Dataset, trees: Trees | None = None) -> Recommender:
    """A learned score, and trees of every feature."""
    scorer = Hybrid([ItemKnn(), Popularity()], BLEND).fit(data, np.random.default_rng(0))
    ranker = TreeRanker(trees or stumps(range(WIDTH), 0.3), ItemFacts.of(data))
    return Recommender.of(scorer, data, trees=ranker)
