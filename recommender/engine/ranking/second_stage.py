"""The second stage of ranking: trees re-rank the best candidates of the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories
from recommender.engine.data.contributions import ContributionTable, TableEntries
from recommender.engine.data.types import FloatArray, IntArray, Query
from recommender.engine.ranking.attribution import BASE
from recommender.engine.ranking.features import FEATURES, ItemFacts, Kind, features_of
from recommender.engine.ranking.ranking import Ranked
from recommender.engine.ranking.trees import Trees

DEPTH = 100
"""Candidates that the trees re-rank: the best of the first stage."""

NOT_RANKED = -1
"""Of an item that no source names or that the list may not hold."""

FULL_WORTH = 2.0
"""What a unit of the trees' sum is worth in units of the first stage as the trees were trained,
which is on half of that stage's scores."""


class FirstStage(Protocol):
    """A score of terms; ``scorers.hybrid`` implements it."""

    def term_scores(self, query: Query, items: IntArray) -> FloatArray:
        """(len(items), terms) each term's score over its deviation."""

    def term_names(self) -> tuple[str, ...]:
        """The component of each term, whose contributions explain it."""


@dataclass(frozen=True, eq=False)
class TreeRanker:
    """What is stored of the second stage.

    ``trees``: over the features of ``ranking.features``. ``facts``: of the items at the training.
    ``worth``: what a unit of the trees' sum adds to a score.
    """

    trees: Trees
    facts: ItemFacts
    worth: float = FULL_WORTH

    def get_state(self) -> dict[str, np.ndarray]:
        own = {"facts": self.facts.values, "worth": np.array([self.worth])}
        return own | self.trees.get_state()

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> Self:
        worth = float(state["worth"][0]) if "worth" in state else FULL_WORTH
        return cls(Trees.from_state(state), ItemFacts(state["facts"]), worth)

    def widened(self, n: int) -> TreeRanker:
        """With items that came after the training."""
        return replace(self, facts=self.facts.widened(n))


def amounts_of(of_best: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """(n,) what the trees say of n ranked items.

    ``of_best``: of the first ones. Those behind get the lowest of it, so that none of them
    overtakes.
    """
    amounts = np.full(n, of_best.min(initial=np.inf) if len(of_best) else 0.0)
    amounts[: len(of_best)] = of_best
    return amounts


def importance_of(trees: Trees, terms: Sequence[str]) -> dict[str, float]:
    """How much what the trees read matters, by name; the terms of one component count together.

    ``terms``: the component of each of the first columns.
    """
    names = [*terms, *(feature.name for feature in FEATURES)]
    found = dict.fromkeys(names, 0.0)
    for name, share in zip(names, trees.importance(len(names)).tolist(), strict=True):
        found[name] += share
    return found


@dataclass(frozen=True, eq=False)
class Rescored:
    """A ranking by the first stage with what the trees read and add.

    ``features``: (at most DEPTH, d) of the first items. ``amounts``: (len(first),).
    """

    first: Ranked
    features: FloatArray
    amounts: NDArray[np.float64]

    @property
    def ranked(self) -> Ranked:
        """The ranking by the scores of both stages."""
        return self.first.by(self.first.scores + self.amounts)


@dataclass(frozen=True, eq=False)
class SecondStage:
    """The trees for one catalogue.

    Args:
        scorer: the first stage, whose terms the trees were trained on.
        categories: None = unknown.
    """

    ranker: TreeRanker
    scorer: FirstStage
    categories: Categories | None
    _latest: dict[str, tuple[ref[Query], bytes, FloatArray, NDArray[np.float64]]] = field(
        default_factory=dict, init=False
    )

    def rescore(self, query: Query, ranked: Ranked) -> Rescored:
        """What the trees say of a ranking.

        ``ranked``: by the first stage, with stated preferences and negative feedback. The latest
        answer is remembered: lists that differ only in their re-ranking begin with the same items.
        """
        items, scores = ranked.items[:DEPTH], ranked.scores[:DEPTH].astype(np.float32)
        asked, latest = items.tobytes() + scores.tobytes(), self._latest.get("answer")
        if latest is not None and latest[0]() is query and latest[1] == asked:
            features, of_best = latest[2:]
        else:
            terms = self.scorer.term_scores(query, items)
            features = features_of(terms, scores, query, items, self.ranker.facts, self.categories)
            of_best = self.ranker.trees.predict(features)
            self._latest["answer"] = ref(query), asked, features, of_best
        return Rescored(ranked, features, self.ranker.worth * amounts_of(of_best, len(ranked)))

    def explain(self, rescored: Rescored, first: ContributionTable) -> ContributionTable:
        """Contributions that sum to the scores of both stages, of those items that are ranked.

        ``first``: the contributions to their scores of the first stage. A term's part of the trees
        goes to what its component contributes, and the part of the score to all contributions, in
        proportion to their absolute amounts.
        """
        place = {item: row for row, item in enumerate(rescored.first.items.tolist())}
        rows = np.array([place.get(item, NOT_RANKED) for item in first.items], dtype=np.int64)
        near = np.flatnonzero((rows != NOT_RANKED) & (rows < len(rescored.features)))
        behind = np.flatnonzero(rows >= len(rescored.features))
        entries = TableEntries()
        if len(near):
            first = self._spread(entries, rescored.features[rows[near]], near, first)
        entries.add_table(first)
        entries.add(BASE, behind, rescored.amounts[rows[behind]])
        return entries.table(first.items)

    def _spread(
        self,
        entries: TableEntries,
        features: FloatArray,
        near: NDArray[np.int64],
        first: ContributionTable,
    ) -> ContributionTable:
        """The table with the parts that its entries get; adds to ``entries`` the other parts.

        ``near``: (k,) positions in the table of the items with these features (k, d).
        """
        parts = self.ranker.worth * self.ranker.trees.contributions(features)
        names = self.scorer.term_names()
        sizes = first.sums(np.abs(first.amount))[near]
        general = {kind: np.zeros(len(near)) for kind in Kind}
        for at, feature in enumerate(FEATURES, len(names)):
            general[feature.kind] += parts[:, at]
        of_score, whole = general.pop(Kind.SCORE), sizes.sum(axis=1)
        base = self.ranker.worth * self.ranker.trees.base + np.where(whole > 0, 0.0, of_score)
        left = {
            name: parts[:, [at for at, term in enumerate(names) if term == name]].sum(axis=1)
            for name in dict.fromkeys(names)
        }
        shares = np.zeros((len(first), len(first.scorers)))
        of_unit = _ratio(of_score, whole)
        for code, (name, size) in enumerate(zip(first.scorers, sizes.T, strict=True)):
            of_name = left.pop(name, None)
            shares[near, code] = of_unit
            if of_name is not None:
                shares[near, code] += _ratio(of_name, size)
                left[name] = np.where(size > 0, 0.0, of_name)
        for name, part in (*left.items(), *general.items(), (BASE, base)):
            entries.add(str(name), near, part)
        return replace(
            first, amount=first.amount + np.abs(first.amount) * shares[first.at, first.scorer]
        )


def _ratio(amounts: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """``amounts`` by ``sizes``; 0 where the size is 0."""
    return np.divide(amounts, sizes, out=np.zeros_like(amounts), where=sizes > 0)
