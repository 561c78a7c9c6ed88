"""Search by meaning: items whose texts are similar in any language, by the live model's encoder."""

from __future__ import annotations

import threading

import numpy as np

from catalog.models import Catalog
from recommender.engine.data.types import StatedPreferences
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.serving.live_models import live

MOST = 24
LEAST_ALIKE = 0.35
"""Lowest cosine of a match. For unrelated words the best item of a demo catalogue has .3."""

BESIDE_THE_BEST = 0.6
"""Lowest ratio of an item's cosine to the best cosine."""

encoder_started = threading.Event()


def nearest_in_meaning(catalog: Catalog, text: str, patient: bool) -> list[int]:
    """Keys of the items nearest to the text; see `catalog.search.semantic_hook`."""
    model = live(catalog)
    interest = model.recommender.interest if model is not None else None
    if model is None or interest is None or interest.encoder is None or not text.strip():
        return []
    if not patient and not encoder_started.is_set():
        _begin_reading(interest)
        return []
    alike = interest.alike(StatedPreferences(text=text))
    encoder_started.set()
    best = np.argsort(-alike, kind="stable")[:MOST]
    near_enough = best[
        alike[best] >= max(LEAST_ALIKE, BESIDE_THE_BEST * float(alike[best[:1]].max(initial=0)))
    ]
    return model.item_pks[near_enough].tolist()


def _begin_reading(interest: Interest) -> None:
    """Load the encoder in a thread: it takes seconds, too long for suggestions while typing."""

    def read() -> None:
        interest.alike(StatedPreferences(text="."))
        encoder_started.set()

    threading.Thread(target=read, daemon=True).start()
