"""What comes next: an LSTM over a history's items and their texts, trained by TensorFlow, served by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.quantisation import packed, unpacked
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.sequential.numpy_network import Network
from recommender.engine.text.item_features import ItemTexts, read_texts


@dataclass(frozen=True)
class SequenceParams:
    """``latest``: past items that are read; ``compared``: of those, how many the content term looks at; ``stored``: the
    form of the network's matrices, see ``quantisation``.

    The rest is of training: ``max_positions`` past items predicted, over all epochs; ``judged``: people at most whose
    last item is kept from training, to stop at the epoch that predicts it best.
    """

    cell: str = "lstm"
    hidden: int = 64
    dimensions: int = 64
    latest: int = 32
    compared: int = 10
    stored: str = "float16"
    learning_rate: float = 0.008
    negatives: int = 256
    batch: int = 1024
    dropout: float = 0.3
    id_dropout: float = 0.3
    max_epochs: int = 12
    patience: int = 2
    max_positions: int = 1_100_000
    judged: int = 500


class SequenceLstm(Scorer):
    """score(i) = lead(history) · item(i) + bias(i) + content * max over latest past items h of cos(h, i).

    ``lead`` is what the network makes of the history; ``item(i)`` is the item's own learnt row plus a linear map of its
    text vector. An item without interactions has no row of its own: it is read and ranked by its text alone. Scores
    are taken off their mean over the catalogue, so that above 0 means more likely than most. NaN for an item with
    neither interactions nor text, and for everything when the history has no other.

    An explanation is the computation: each past item's part is by how much reading it, after all before it, moved the
    score; what the empty history already says is general; the content term belongs to the past item it was found at.

    Sources: Hidasi et al. 2016 (GRU4Rec); Yi et al. 2019 (logQ correction); Liu et al. 2024 (LLM-ESR).
    """

    name: ClassVar[str] = "sequence"
    wants_texts: ClassVar[bool] = True
    params: SequenceParams
    network: Network | None = None
    content: float
    vectors: FloatArray
    known: BoolArray

    def __init__(
        self, params: SequenceParams | None = None, texts: ItemTexts | None = None
    ) -> None:
        self.params = params or SequenceParams()
        self._texts = texts

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        from recommender.engine.scorers.sequential.fit_training import fit_network

        seed = int(rng.integers(2**31))
        vectors = (self._texts or read_texts(train, seed)).joined
        self.network, self.content = fit_network(train, vectors, self.params, seed)
        self.known = (train.counts > 0) | vectors.any(axis=1)
        self.vectors = vectors if self.content else np.zeros((train.n_items, 0), dtype=np.float32)
        self._take(self.get_state())
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        network = self._fitted("network")
        pasts = [self._past(query) for query in queries]
        leads = network.read(pasts)
        scores: FloatArray = leads @ network.table.T
        scores += self._bias - (leads @ self._middle)[:, None]
        if self.content:
            add_content(scores, pasts, self.vectors, self.content, self.params.compared)
        scores[[not len(past) for past in pasts]] = np.nan
        scores[:, ~self.known] = np.nan
        return scores

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        leads = self._fitted("network").read_stepwise(past := self._past(query))
        moves = np.diff(leads, axis=0)
        return [
            self._parts(past, leads[0], moves, item) if len(past) and self.known[item] else []
            for item in items
        ]

    def _parts(
        self, past: IntArray, start: FloatArray, moves: FloatArray, item: int
    ) -> list[Contribution]:
        """``moves``: (len(past), d) by how much each past item moved what the history leads to."""
        row = self._fitted("network").table[item] - self._middle
        parts = [Contribution(self.name, float(start @ row + self._bias[item]))]
        parts += [
            Contribution(self.name, float(move @ row), item=int(own))
            for own, move in zip(past, moves, strict=True)
        ]
        if self.content and self.vectors[item].any():
            compared = past[-self.params.compared :]
            cosines = self.vectors[compared] @ self.vectors[item]
            best = int(cosines.argmax())
            parts.append(
                Contribution(
                    self.name, self.content * float(cosines[best]), item=int(compared[best])
                )
            )
        return parts

    def get_state(self) -> dict[str, np.ndarray]:
        network = self._fitted("network")
        state = {field.name: getattr(network, field.name) for field in fields(network)}
        state |= {
            "content": np.array([self.content], dtype=np.float32),
            "vectors": self.vectors,
            "known": self.known,
        }
        return packed(state, self.params.stored)

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer._take(state)
        return scorer

    def _take(self, state: dict[str, np.ndarray]) -> None:
        """Score by what is stored, also right after fitting."""
        full = unpacked(state)
        self.network = network = Network(
            **{field.name: full[field.name] for field in fields(Network)}
        )
        self.content, self.vectors, self.known = (
            float(full["content"][0]),
            full["vectors"],
            full["known"],
        )
        # the catalogue's mean item, which every score is taken off
        self._middle = network.table[self.known].mean(axis=0) if self.known.any() else network.start
        self._bias = network.bias - (
            network.bias[self.known].mean() if self.known.any() else np.float32(0)
        )

    def _past(self, query: Query) -> IntArray:
        """The latest past items that the network can read."""
        return query.history[self.known[query.history]][-self.params.latest :]


def add_content(
    scores: FloatArray, pasts: Sequence[IntArray], vectors: FloatArray, content: float, n: int
) -> None:
    """Add ``content`` times each item's largest cosine to the latest ``n`` past items, in place."""
    latest = [past[-n:] for past in pasts]
    nearest = np.full_like(scores, -np.inf)
    for place in range(max((len(past) for past in latest), default=0)):
        rows = [row for row, past in enumerate(latest) if place < len(past)]
        cosines = vectors[[latest[row][place] for row in rows]] @ vectors.T
        nearest[rows] = np.maximum(nearest[rows], cosines)
    scores += np.float32(content) * np.where(np.isinf(nearest), 0, nearest)
