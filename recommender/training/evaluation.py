"""Evaluates lists: trains on a catalogue's past and compares with its future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from catalog.models import Catalog
from config.errors import AppError
from recommender.engine import train
from recommender.engine.data.splitting import Split
from recommender.engine.data.types import Progress, no_progress
from recommender.engine.evaluation.evaluate import Metrics, evaluate
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from recommender.training import datasets, encoders


@dataclass(frozen=True)
class Report:
    """Metrics at k by method, on one held-out split. ``simulated``: the people are not real."""

    catalog: str
    k: int
    seed: int
    people: int
    train_interactions: int
    simulated: bool
    figures: dict[str, Metrics]

    def as_dict(self) -> dict[str, Any]:
        figures = {name: metrics.as_dict() for name, metrics in self.figures.items()}
        return {**vars(self), "figures": figures}


def evaluate_catalog(
    catalog: Catalog, *, k: int = 10, seed: int = 0, progress: Progress = no_progress
) -> Report:
    """Train on a split's past, as a training run does, and evaluate the lists.

    The metrics have 95 % intervals. No method reads the future, and the live version is not used.

    Raises:
        AppError: ``nothing_to_evaluate`` (409) if nobody could be held out.
    """
    dataset = datasets.load(catalog).dataset
    split = train.held_out(dataset, np.random.default_rng(seed))
    if not len(split):
        raise AppError(
            "nothing_to_evaluate",
            _("There is too little data to evaluate: no items could be held out."),
            409,
        )
    methods: dict[str, Callable[[], Recommender]] = {
        "ours": lambda: _ours(split, seed, progress),
        "item_knn": lambda: Recommender.of(
            ItemKnn().fit(split.train, np.random.default_rng(seed)), split.train
        ),
        "popularity": lambda: Recommender.of(
            Popularity().fit(split.train, np.random.default_rng(seed)), split.train
        ),
    }
    figures = {name: figures_of(make(), split, k) for name, make in methods.items()}
    return Report(
        catalog=catalog.slug,
        k=k,
        seed=seed,
        people=len(split),
        train_interactions=len(split.train.log),
        simulated=catalog.log_is_simulated,
        figures=figures,
    )


def _ours(split: Split, seed: int, progress: Progress) -> Recommender:
    encoder = encoders.item_encoder()
    return train.train(
        split.train, seed=seed, progress=progress, evaluate=False, encoder=encoder
    ).recommender


def figures_of(recommender: Recommender, split: Split, k: int) -> Metrics:
    scorer = recommender.scorer
    reranking = scorer.blend.reranking if isinstance(scorer, Hybrid) else {}
    made = recommender.recommend_many(
        [Request(split.train.query(user), k, **reranking) for user in split.users]
    )
    lists = [np.array([place.item for place in one.ranked_items], dtype=np.int32) for one in made]
    return evaluate(lists, split, k, intervals=True)
