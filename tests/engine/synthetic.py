"""Recommenders of any size on drawn arrays, for what a request costs: nothing is fitted."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.blend import Blend, Term
from recommender.engine.scorers.content import Semantic, SemanticParams, Words, WordsParams
from recommender.engine.scorers.ease import LinearText, LinearTextParams
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_item import NeighbourScorer
from recommender.engine.scorers.item_knn import ItemKnn, ItemKnnParams
from recommender.engine.scorers.markov import Transitions
from recommender.engine.scorers.popularity import Popularity, RecentPopularity
from recommender.engine.scorers.scales import BUCKETS
from recommender.engine.text.packed_words import pack_words

VECTORS, ITEM_WORDS, NEAREST = 64, 8, 20


def sparse_rows(rng, n, columns, per_row, kinds):
    """(n, columns) csr: ``kinds`` different rows, taken in turn, so that large ones are made at
    once."""
    drawn = np.sort(rng.integers(0, columns, (kinds, per_row), dtype=np.int32), axis=1)
    values = rng.random((kinds, per_row), dtype=np.float32)
    turn = np.arange(n) % kinds
    starts = np.arange(n + 1, dtype=np.int64) * per_row
    return sp.csr_matrix((values[turn].ravel(), drawn[turn].ravel(), starts), shape=(n, columns))


def neighbours(scorer: NeighbourScorer, weights):
    scorer.weights, scorer.known = weights, np.ones(weights.shape[0], dtype=bool)
    return scorer


def recommender(n: int, per_row: int = 100, kinds: int = 2000, seed: int = 0) -> Recommender:
    """Of n items with ``per_row`` neighbours each."""
    rng, kinds = np.random.default_rng(seed), min(kinds, n)
    n_words = max(50, n // 10)

    def rows(k=per_row):
        return sparse_rows(rng, n, n, k, kinds)

    words, semantic = Words(WordsParams()), Semantic(SemanticParams())
    words.matrix = sparse_rows(rng, n, n_words, ITEM_WORDS, kinds)
    words.by_word = words.matrix.T.tocsr()
    words.letters, words.offsets = pack_words([""] * n_words)
    words.shown_letters, words.shown_offsets = words.letters, words.offsets
    drawn = rng.normal(size=(kinds, VECTORS)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    semantic.vectors, semantic.near = drawn[np.arange(n) % kinds], rows(NEAREST)
    counts = rng.geometric(0.05, n).astype(np.int32)
    popular, recent = Popularity(), RecentPopularity()
    popular.amounts, recent.amounts = counts.astype(np.float32), rng.random(n, dtype=np.float32)
    linear = neighbours(LinearText(LinearTextParams()), rows())
    linear.diagonal = np.ones(n, dtype=np.float32)
    components = {
        "item_knn": neighbours(ItemKnn(ItemKnnParams()), rows()),
        "linear_text": linear,
        "transitions": neighbours(Transitions(), rows(per_row // 4)),
        "words": words,
        "semantic": semantic,
        "popularity": popular,
        "recent_popularity": recent,
    }
    decays = {"item_knn": (1.0, 0.6, 0.0), "linear_text": (1.0, 0.6), "words": (1.0, 0.6, 0.0)}
    terms = tuple(
        Term(name, decay, 0.3, 0.1) for name in components for decay in decays.get(name, (0.8,))
    )
    hybrid = Hybrid(list(components.values()), Blend({}, terms=terms, tail_bonus=0.1))
    hybrid.people = counts
    hybrid.scales = np.ones((len(terms), BUCKETS), dtype=np.float32)
    return Recommender(hybrid, counts, counts > np.quantile(counts, 0.8), recent.amounts)
