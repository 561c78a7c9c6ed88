"""All scorers by name. A new scorer is its class and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Given, Semantic, Sentences, Words
from recommender.engine.scorers.ease import Linear, LinearText
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.item_knn import ItemKnn, PeopleKnn, TextKnn
from recommender.engine.scorers.markov import Transitions
from recommender.engine.scorers.popularity import Popularity, RecentPopularity
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.scorers.sequential.scorer import SequenceLstm

SCORERS: dict[str, type[Scorer]] = {
    Popularity.name: Popularity,
    RecentPopularity.name: RecentPopularity,
    ItemKnn.name: ItemKnn,
    PeopleKnn.name: PeopleKnn,
    TextKnn.name: TextKnn,
    Transitions.name: Transitions,
    Linear.name: Linear,
    LinearText.name: LinearText,
    Semantic.name: Semantic,
    Sentences.name: Sentences,
    Given.name: Given,
    Words.name: Words,
    Interest.name: Interest,
    SequenceLstm.name: SequenceLstm,
    Rating.name: Rating,
}
"""All scorers except the hybrid, which consists of them."""


def describe(scorer: Scorer) -> dict[str, Any]:
    """The scorer's parameters as JSON values.

    A hybrid stores all parameters of its components, not only those that differ from the defaults:
    a later change of a default must not change a fitted model.
    """
    params = asdict(scorer.params)
    if isinstance(scorer, Hybrid):
        params["params"] = {
            key: asdict(component.params)
            for key, component in zip(scorer.blend.components, scorer.components, strict=True)
        }
    return params


def restore(name: str, params: Mapping[str, Any], state: dict[str, np.ndarray]) -> Scorer:
    """Restore the fitted scorer from the results of ``describe`` and ``get_state``.

    Raises:
        KeyError: if the name is not registered or the state lacks an array.
        TypeError: if the scorer does not have one of the parameters.
    """
    if name == Hybrid.name:
        return Hybrid.from_state(Blend.from_dict(params), state, SCORERS)
    scorer = SCORERS[name]
    return scorer.from_state(type(scorer().params)(**params), state)
