"""Next-item prediction: an LSTM over items and texts, trained by TensorFlow, served by numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.product_index import ProductIndex
from recommender.engine.runtime.quantisation import packed, unpacked
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.sequential.numpy_network import Network
from recommender.engine.scorers.sequential.params import SequenceParams
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts

INDEX = "index."


class SequenceLstm(Scorer):
    """score(i) = lead(history) · item(i) + bias(i).

    ``lead`` is the network's vector of the history; ``item(i)`` is the item's own trained row plus
    a linear map of its text vector. An item without interactions has no own row: its text alone
    represents it. Scores are centred by the catalogue's mean item, so a score above 0 means more
    likely than most. NaN for an item with neither interactions nor text, and for all items if the
    history has only such items.

    An explanation is the computation: a past item's contribution is the change of the score when
    the network reads it after all earlier ones. The score of the empty history is general.

    Sources: Hidasi et al. 2016 (GRU4Rec); Yi et al. 2019 (logQ correction);
    Liu et al. 2024 (LLM-ESR).
    """

    name: ClassVar[str] = "sequence"
    wants_texts: ClassVar[bool] = True
    params: SequenceParams
    network: Network | None = None
    known: BoolArray
    index: ProductIndex | None = None
    """Over the rows of the table with the bias as one more coordinate."""

    def __init__(
        self, params: SequenceParams | None = None, texts: ItemTexts | None = None
    ) -> None:
        self.params = params or SequenceParams()
        self._texts = texts

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        from recommender.engine.scorers.sequential.fit_training import fit_network

        seed = int(rng.integers(2**31))
        vectors = (self._texts or read_texts(train, seed)).joined
        self.network = fit_network(train, vectors, self.params, seed)
        self.known = (train.counts > 0) | vectors.any(axis=1)
        self._take(self.get_state())
        rows = np.hstack([self.network.table, self._bias[:, None]])
        self.index = ProductIndex.of(rows, np.flatnonzero(self.known).astype(np.int32), seed)
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        network = self._fitted("network")
        pasts = [self._past(query) for query in queries]
        leads = network.read(pasts)
        scores: FloatArray = leads @ network.table.T
        scores += self._bias - (leads @ self._middle)[:, None]
        scores[[not len(past) for past in pasts]] = np.nan
        scores[:, ~self.known] = np.nan
        return scores

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        if items is None:
            return np.asarray(self.score_batch([query])[0])
        network, past = self._fitted("network"), self._past(query)
        if not len(past):
            return np.full(len(items), np.nan, dtype=np.float32)
        [lead] = network.read([past])
        scores = np.empty(len(items), dtype=np.float32)
        for block in blocks(len(items)):
            scores[block] = network.table[items[block]] @ lead
        scores += self._bias[items] - np.float32(lead @ self._middle)
        scores[~self.known[items]] = np.nan
        return scores

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        network, past = self._fitted("network"), self._past(query)
        if not len(past):
            return np.empty(0, dtype=np.int32)
        items = np.flatnonzero(self.known).astype(np.int32)
        if self.index is not None:
            [lead] = network.read([past])
            items = self.index.nearest(np.append(lead, np.float32(1)))
        return wanted.best(items, np.nan_to_num(self.score(query, items)))

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        leads = self._fitted("network").read_stepwise(past := self._past(query))
        moves = np.diff(leads, axis=0)
        return [
            self._contributions(past, leads[0], moves, item)
            if len(past) and self.known[item]
            else []
            for item in items
        ]

    def _contributions(
        self, past: IntArray, start: FloatArray, moves: FloatArray, item: int
    ) -> list[Contribution]:
        """``moves``: (len(past), d) change of the lead vector by each past item."""
        row = self._fitted("network").table[item] - self._middle
        found = [Contribution(self.name, float(start @ row + self._bias[item]))]
        found += [
            Contribution(self.name, float(move @ row), item=int(own))
            for own, move in zip(past, moves, strict=True)
        ]
        return found

    def get_state(self) -> dict[str, np.ndarray]:
        state = self._fitted("network").get_state() | {"known": self.known}
        index = self.index.get_state(INDEX) if self.index is not None else {}
        return packed(state, self.params.stored) | index

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer._take(state)
        return scorer

    def _take(self, state: dict[str, np.ndarray]) -> None:
        """Use the stored form, also right after fitting: scores equal those of the artifact."""
        full = unpacked(state)
        self.index = ProductIndex.from_state(full, INDEX)
        self.network = network = Network.from_state(full)
        self.known = full["known"]
        # the catalogue's mean item; its score is subtracted from every score
        self._middle = network.table[self.known].mean(axis=0) if self.known.any() else network.start
        self._bias = network.bias - (
            network.bias[self.known].mean() if self.known.any() else np.float32(0)
        )

    def widened(self, table: FloatArray, known: BoolArray) -> Self:
        """The fitted scorer with more items, whose own biases are 0; former scores do not change.

        The arguments have a row for each former item, in the same order, then those of the others.
        """
        network, made = self._fitted("network"), type(self)(self.params)
        more = np.zeros(len(table) - len(network.table), dtype=np.float32)
        made.network = replace(network, table=table, bias=np.concatenate([network.bias, more]))
        made.known = known
        made._middle, made.index = self._middle, self.index
        usual = network.bias[:1] - self._bias[:1]
        made._bias = np.concatenate([self._bias, more - usual])
        return made

    def _past(self, query: Query) -> IntArray:
        """The latest past items that the network can read."""
        return query.history[self.known[query.history]][-self.params.latest :]
