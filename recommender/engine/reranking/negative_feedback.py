"""What a person turned down takes what reads like it along: similar items sink behind the others, none is removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    FloatArray,
    IntArray,
    NegativeFeedback,
    Query,
)
from recommender.engine.reranking.stated_preferences import StatedPreferenceBoost, reach_of
from recommender.engine.runtime.identity_cache import recently
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.content import Semantic, Words
from recommender.engine.scorers.interest_words.scorer import Interest

TURNED_DOWN = "turned_down"
"""The name of what sinking takes, among the parts of a score."""

PERCENTILE = 99.0
"""Two items are alike when their texts are nearer than this many of a hundred pairs of the catalogue."""

LEAST, MOST = 1.0, 2.0
"""In ways from the mean to the person's best item: what an item that is just alike loses, and one that reads the same.
Even the best item falls to the mean."""

SAMPLE = 1500
"""Items between which the percentile is taken: a million pairs say it as well as all."""

LATEST = 50
"""Refusals that count: older ones stay out of lists themselves, and let what is like them rise again."""

REMEMBERED = 16
"""People whose sunk items are kept: a page asks for several lists of the same one."""

ROUNDING = 1e-5

Texts: TypeAlias = FloatArray | sp.csr_matrix


@dataclass(frozen=True)
class TextSimilarity:
    """How near items are, read in one way. ``texts``: (n_items, d) rows of length 1, or 0 where nothing is known."""

    texts: Texts

    @cached_property
    def threshold(self) -> float:
        """The cosine from which two items are alike, above 0."""
        at = np.unique(np.linspace(0, max(0, self.texts.shape[0] - 1), SAMPLE).astype(np.int64))
        known = at[_is_known(self.texts[at])]
        pairs = _cosines(self.texts[known], self.texts[known])[~np.eye(len(known), dtype=bool)]
        return (
            max(float(np.percentile(pairs, PERCENTILE)) - ROUNDING, ROUNDING) if len(pairs) else 1.0
        )

    def depth(self, items: IntArray) -> FloatArray:
        """(len(items), n_items) 0 where two are not alike, else ``LEAST`` at the threshold to ``MOST`` for the same."""
        cosines, least = _cosines(self.texts[items], self.texts), self.threshold
        depth = LEAST + (MOST - LEAST) * (cosines - least) / max(ROUNDING, 1 - least)
        return np.where(cosines >= least, np.clip(depth, LEAST, MOST), 0.0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Likeness:
    """Items are alike that are so by any of the readings: by what their texts mean, or by the words that they share."""

    readings: tuple[TextSimilarity, ...]

    @classmethod
    def of(cls, parts: Mapping[str, Scorer], interest: Interest | None) -> Likeness | None:
        """By what the scorers know of the texts, and the interest model; None where nobody reads."""
        meanings = [
            part
            for name in ("semantic", "sentences")
            if isinstance(part := parts.get(name), Semantic)
        ]
        texts: list[Texts] = [part.vectors for part in meanings[:1] if part.vectors is not None]
        words = parts.get("words")
        if isinstance(words, Words) and words.matrix is not None:
            texts.append(words.matrix)
        elif interest is not None:
            texts.append(_unit(interest.weights))
        return cls(tuple(map(TextSimilarity, texts))) if texts else None

    def depth(self, items: IntArray) -> FloatArray:
        """As a reading has it, by the one that finds them most alike."""
        return np.asarray(np.max([reading.depth(items) for reading in self.readings], axis=0))

    def alike(self, items: IntArray) -> BoolArray:
        """(len(items), n_items) which items are alike; none is like itself."""
        found = self.depth(items) > 0
        found[np.arange(len(items)), items] = False
        return found


@dataclass(frozen=True)
class NegativeFeedbackPenalty:
    """A person's scores with what they turned down, and what is like it, pulled down.

    score(i) = wished(i) - reach * amount(i), where the amount grows from ``LEAST`` at the threshold to ``MOST`` for the
    same text, of the nearest refusal; ``reach`` is how far the best item is above the mean. A refusal says nothing of
    an item that is like something the person chose later: the newest word counts. ``memory``: what sinks for the latest
    people, by their refusals.
    """

    preferred: StatedPreferenceBoost
    likeness: Likeness | None
    memory: dict[tuple[tuple[int, bytes], ...], Penalties] = field(
        default_factory=dict, repr=False, compare=False
    )

    def score(self, query: Query) -> FloatArray:
        return self.penalise(self.preferred.score(query), query)

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        scores = self.preferred.score_batch(queries)
        for row, query in enumerate(queries):
            scores[row] = self.penalise(scores[row], query)
        return scores

    def penalise(self, scores: FloatArray, query: Query) -> FloatArray:
        """(n_items,) the scores less what sinking takes; NaN stays."""
        penalised = self._penalties(query)
        return (
            scores
            if penalised is None
            else np.asarray(scores - reach_of(scores) * penalised.amounts, dtype=np.float32)
        )

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        """Parts that sum to each item's score."""
        parts = self.preferred.explain_many(query, items)
        return (
            self.explain_penalties(query, self.preferred.score(query), items, parts)
            if query.negative_feedback
            else parts
        )

    def explain_penalties(
        self,
        query: Query,
        scores: FloatArray,
        items: Sequence[int],
        parts: list[list[Contribution]],
    ) -> list[list[Contribution]]:
        """The ``parts`` of each item's score among ``scores``, and what ``penalise`` takes of it."""
        penalised = self._penalties(query)
        if penalised is None:
            return parts
        reach = reach_of(scores)
        return [
            own + penalised.explain(item, reach) if own else own
            for own, item in zip(parts, items, strict=True)
        ]

    def penalised(self, query: Query) -> BoolArray | None:
        """(n_items,) the items that sink; None where nothing was turned down."""
        penalised = self._penalties(query)
        return None if penalised is None else penalised.amounts > 0

    def _penalties(self, query: Query) -> Penalties | None:
        if not query.negative_feedback or self.likeness is None:
            return None
        return sunk_by(self.likeness, query.negative_feedback[-LATEST:])


@dataclass(frozen=True)
class Penalties:
    """``amounts``: (n_items,) what each item loses, in ``reach``; ``because``: (n_items,) the refused item."""

    amounts: FloatArray
    because: IntArray

    @classmethod
    def of(cls, likeness: Likeness, negative_feedback: Sequence[NegativeFeedback]) -> Penalties:
        items = np.array([feedback.item for feedback in negative_feedback], dtype=np.int32)
        depth = likeness.depth(items)
        for row, feedback in enumerate(negative_feedback):
            if len(feedback.since):
                depth[row, _forgiven(likeness, feedback.since)] = 0.0
        nearest = depth.argmax(axis=0)
        return cls(depth.max(axis=0), items[nearest])

    def explain(self, item: int, reach: float) -> list[Contribution]:
        amount = float(self.amounts[item])
        return (
            [Contribution(TURNED_DOWN, -reach * amount, item=int(self.because[item]))]
            if amount
            else []
        )


@recently(
    REMEMBERED,
    key=lambda negative_feedback: tuple(
        (feedback.item, feedback.since.tobytes()) for feedback in negative_feedback
    ),
)
def sunk_by(likeness: Likeness, negative_feedback: Sequence[NegativeFeedback]) -> Penalties:
    return Penalties.of(likeness, negative_feedback)


def _forgiven(likeness: Likeness, since: IntArray) -> BoolArray:
    """(n_items,) what is like something chosen since, and that itself."""
    forgiven = np.array(likeness.alike(since).any(axis=0), dtype=bool)
    forgiven[since] = True
    return forgiven


def _cosines(rows: Texts, others: Texts) -> FloatArray:
    product: Any = rows @ others.T
    return np.asarray(product.toarray() if sp.issparse(product) else product, dtype=np.float32)


def _is_known(rows: Any) -> BoolArray:
    return np.asarray(
        np.diff(rows.indptr) > 0 if sp.issparse(rows) else np.asarray(rows).any(axis=1)
    )


def _unit(rows: sp.csr_matrix) -> sp.csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-12)) @ rows)
