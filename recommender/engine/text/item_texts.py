"""Content features of items that all scorers share, and the nearest items by content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import FloatArray
from recommender.engine.text.nearest import Cosines, nearest
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.whitening import Whitening, whitened

GIVEN_DIMENSIONS = 64
"""Dimensions used of each kind of the owner's vectors."""


@dataclass(frozen=True)
class ItemTexts:
    """Content features that all scorers share.

    ``vectors``: (n_items, d) float32 from word vectors. ``sentences``: (n_items, k) float32 rows of
    length 1 from a text encoder. ``whitening``: applied to the encoder's vectors to get them; use
    it for texts of other origin too.
    """

    items: Items
    vectors: FloatArray
    sentences: FloatArray | None = None
    whitening: Whitening | None = None

    @classmethod
    def unread(cls, items: Items) -> Self:
        """Without any feature, for a catalogue whose texts cannot be read."""
        nothing = Items([""] * len(items), [""] * len(items), [()] * len(items))
        return cls(nothing, np.zeros((len(items), 1), dtype=np.float32))

    @property
    def read(self) -> FloatArray:
        """(n_items, d) float32: sentence vectors; without an encoder the word vectors."""
        return self.vectors if self.sentences is None else self.sentences

    @cached_property
    def given(self) -> Mapping[str, FloatArray]:
        """The owner's vectors by name, whitened: (n_items, d) rows of length 1, or zeros."""
        return {
            name: whitened(rows, GIVEN_DIMENSIONS)
            for name, rows in sorted(self.items.vectors.items())
        }

    @cached_property
    def joined(self) -> FloatArray:
        """(n_items, d) float32: all content vectors side by side, the input of the networks."""
        return np.hstack([self.read, *self.given.values()]) if self.given else self.read

    @cached_property
    def near(self) -> sp.csr_matrix:
        """(n_items, n_items) float32: mean cosine over all features, to the nearest items only."""
        views = [self.vectors, *([] if self.sentences is None else [self.sentences])]
        return nearest(Cosines(item_tfidf(self.items).matrix, [*views, *self.given.values()]))
