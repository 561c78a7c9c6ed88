"""Columns of fitted components on a slice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.tuning.candidate_scores import Column
from recommender.engine.tuning.slices import nested_slices
from recommender.engine.tuning.validation import Validation


def newest_slice(data: Dataset) -> Validation:
    return nested_slices(data, np.random.default_rng(0))[0]


def columns_on(one: Validation, decays: Sequence[float]) -> tuple[Column, ...]:
    """Item-kNN with each of the decays, then popularity."""
    rng = np.random.default_rng(0)
    knn, popularity = ItemKnn().fit(one.train, rng), Popularity().fit(one.train, rng)
    return (
        *(Column("item_knn", decay, knn) for decay in decays),
        Column("popularity", 1.0, popularity),
    )
