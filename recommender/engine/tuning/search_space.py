"""The components that a score may consist of, their options, and the blends without learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.ratings import has_stars, rated
from recommender.engine.runtime.size import is_large
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.registry import SCORERS
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.lexicon import catalogue_words
from recommender.engine.tuning.score_cache import Option

TYPICAL_DECAY = 0.8

FEWEST_FOR_NETWORKS = 2000
"""Fewest interactions for networks; on fewer they overfit."""

LATEST_ALONE = 0.0
"""The decay with which only the newest past item counts."""


def _decaying(*decays: float, params: Mapping[str, Any] | None = None) -> list[Option]:
    return [Option(decay, params=params or {}) for decay in decays]


OPTIONS: Mapping[str, Sequence[Option]] = {
    "text_knn": _decaying(1.0, 0.6, LATEST_ALONE, params={"shrink": 0.3}),
    "words": _decaying(1.0, 0.6, LATEST_ALONE),
    "semantic": _decaying(TYPICAL_DECAY),
    "sentences": _decaying(TYPICAL_DECAY),
    "given": _decaying(TYPICAL_DECAY),
    "interest": [Option()],
    "item_knn": _decaying(1.0, 0.6, LATEST_ALONE),
    "people_knn": _decaying(TYPICAL_DECAY),
    "transitions": _decaying(TYPICAL_DECAY, 0.4),
    "sequence": [Option()],
    "linear": _decaying(1.0, 0.6),
    "linear_text": _decaying(1.0, 0.6),
    "rating": [Option()],
    "recent_popularity": [
        Option(1.0, f"{half_life:g}", {"half_life": half_life})
        for half_life in (0.003, 0.01, 0.03, 0.1, 0.3)
    ],
    "popularity": [Option()],
}
"""Options of each component: the columns that the ranker learns weights of."""

TEXT_COMPONENTS = frozenset(
    {"text_knn", "linear_text", "words", "semantic", "sentences", "interest"}
)
NETWORKS = frozenset({"interest", "sequence"})

PRIORS: Sequence[tuple[Mapping[str, float], float]] = (
    (
        {
            "text_knn": 1.0,
            "words": 0.7,
            "semantic": 0.2,
            "sentences": 0.2,
            "transitions": 0.2,
            "sequence": 0.2,
        },
        0.3,
    ),
    ({"transitions": 0.7, "linear": 0.7, "item_knn": 0.35, "sequence": 0.5}, 0.0),
    (
        {
            "text_knn": 0.5,
            "words": 0.5,
            "transitions": 0.5,
            "linear": 0.5,
            "people_knn": 0.2,
            "sequence": 0.5,
            "recent_popularity": 0.2,
        },
        0.0,
    ),
)
"""Weights and penalty of the blends that nothing was learnt for; decays are 0.8. The first is for
catalogues with texts, the second without."""


def usable_components(train: Dataset, texts: ItemTexts) -> list[str]:
    """Components that can score this catalogue, in the order of ``OPTIONS``."""
    left_out: set[str] = set()
    if not texts.vectors.any() and not texts.near.nnz:
        left_out |= TEXT_COMPONENTS
    if texts.sentences is None:
        left_out.add("sentences")
    if not texts.given:
        left_out.add("given")
    if len(train.log) < FEWEST_FOR_NETWORKS:
        left_out |= NETWORKS
    if is_large(train.n_items):
        left_out.add("sequence")
    if "interest" not in left_out and not len(catalogue_words(train.items).lexicon):
        left_out.add("interest")  # no two items share a word, so there is nothing to name
    if not has_stars(rated(train)):
        left_out.add("rating")
    return [name for name in OPTIONS if name not in left_out]


def prior_blend(names: Sequence[str]) -> Blend:
    """The blend without tuning data; without networks, because nothing would check them."""
    weights, penalty = PRIORS[0] if "text_knn" in names else PRIORS[1]
    used = {
        name: weight for name, weight in weights.items() if name in names and name not in NETWORKS
    }
    used = used or dict.fromkeys(names[:1], 1.0)
    return Blend(used, dict.fromkeys(used, TYPICAL_DECAY), penalty)


def make_component(name: str, params: Mapping[str, Any], texts: ItemTexts) -> Scorer:
    scorer = SCORERS[name]
    chosen = type(scorer().params)(**params)
    return scorer(chosen, texts=texts) if scorer.wants_texts else scorer(chosen)  # type: ignore[call-arg]
