"""A fitted recommender with items that are newer than it, or whose texts changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.engine.data.providers import NO_PROVIDER
from recommender.engine.data.types import IntArray
from recommender.engine.overlay.scorers import ChangedItems, overlaid
from recommender.engine.overlay.text_reader import TextReader
from recommender.engine.overlay.text_rows import TextRows
from recommender.engine.pipeline import Kind, Recommender, component_of
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.content import Sentences, Words


def text_reader(recommender: Recommender) -> TextReader:
    """Reads texts as the recommender's training did."""
    scorer = recommender.scorer
    return TextReader(
        recommender.n_items,
        component_of(scorer, Words),
        component_of(scorer, Sentences),
        recommender.interest,
    )


def with_changed_items(recommender: Recommender, at: IntArray, texts: TextRows) -> Recommender:
    """The recommender with these items; the given one stays as it is.

    Args:
        at: (k,) the index of each edited item; new items have the indices from ``n_items`` on.
        texts: (k,) their rows, read by ``text_reader``.
    """
    if not len(at):
        return recommender
    items = ChangedItems(recommender.n_items, at, texts, recommender.counts)
    scorer = overlaid(recommender.scorer, items)
    newer = np.zeros(items.n, dtype=bool)
    newer[items.n_before :] = True
    return replace(
        recommender,
        scorer=scorer,
        counts=items.widened(recommender.counts),
        head=items.widened(recommender.head),
        recent=None if recommender.recent is None else items.widened(recommender.recent),
        categories=None
        if recommender.categories is None
        else items.padded(recommender.categories, recommender.categories.shape[1]),
        providers=_providers(recommender, items),
        interest=_beside(recommender.interest, scorer, items),
        rating=_beside(recommender.rating, scorer, items),
        newer=newer,
        trees=None if recommender.trees is None else recommender.trees.widened(items.n),
    )


def _beside(model: Kind | None, scorer: Scorer, items: ChangedItems) -> Kind | None:
    """The model with the changed items: the component of ``scorer``, if it is one."""
    if model is None:
        return None
    made = component_of(scorer, type(model)) or overlaid(model, items)
    assert isinstance(made, type(model))
    return made


def _providers(recommender: Recommender, items: ChangedItems) -> IntArray | None:
    if recommender.providers is None:
        return None
    wide: IntArray = items.widened(recommender.providers)
    wide[items.n_before :] = NO_PROVIDER
    return wide
