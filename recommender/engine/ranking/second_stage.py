"""The second stage of ranking: trees re-rank the best candidates of the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories
from recommender.engine.data.types import Contribution, FloatArray, IntArray, Query
from recommender.engine.ranking.attribution import BASE
from recommender.engine.ranking.features import FEATURES, ItemFacts, Kind, features_of
from recommender.engine.ranking.ranking import Ranked
from recommender.engine.ranking.trees import Trees

DEPTH = 100
"""Candidates that the trees re-rank: the best of the first stage."""

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

    def explain(
        self, rescored: Rescored, known: Mapping[int, Sequence[Contribution]]
    ) -> dict[int, list[Contribution]]:
        """Contributions that sum to the scores of both stages, of those items that are ranked.

        ``known``: by item the contributions to its score of the first stage.
        """
        features = rescored.features
        rows = enumerate(rescored.first.items.tolist())
        at = {item: row for row, item in rows if item in known}
        near = [row for row in at.values() if row < len(features)]
        parts = dict(zip(near, self.ranker.trees.contributions(features[near]), strict=True))
        return {
            item: self._with_parts(known[item], self.ranker.worth * parts[row])
            if row in parts
            else [*known[item], Contribution(BASE, float(rescored.amounts[row]))]
            for item, row in at.items()
        }

    def _with_parts(
        self, own: Sequence[Contribution], parts: NDArray[np.float64]
    ) -> list[Contribution]:
        """The contributions with those of the features.

        A term's part goes to what its component contributes, and the part of the score to all
        contributions, in proportion to their absolute amounts.
        """
        names = self.scorer.term_names()
        more: dict[str, float] = defaultdict(float)
        for name, part in zip(names, parts[: len(names)].tolist(), strict=True):
            more[name] += part
        general: dict[str, float] = defaultdict(float)
        for feature, part in zip(FEATURES, parts[len(names) :].tolist(), strict=True):
            general[feature.kind] += part
        sizes: dict[str, float] = defaultdict(float)
        for each in own:
            sizes[each.scorer] += abs(each.amount)
        whole = sum(sizes.values())
        of_score = general.pop(Kind.SCORE)
        general[BASE] += self.ranker.worth * self.ranker.trees.base + (0.0 if whole else of_score)
        of_score = of_score / whole if whole else 0.0
        shares = {
            name: of_score + (more.pop(name, 0.0) / size if size else 0.0)
            for name, size in sizes.items()
        }
        found = [
            Contribution(
                each.scorer,
                each.amount + abs(each.amount) * shares[each.scorer],
                each.item,
                each.word,
            )
            for each in own
        ]
        for name, part in more.items():
            general[name] += part
        return found + [Contribution(str(name), part) for name, part in general.items() if part]
