"""Negative feedback: items similar to what a person turned down are ranked lower, not removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.contributions import ContributionTable
from recommender.engine.data.reaches import Reaches
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

TURNED_DOWN = "turned_down"
"""The name of the penalty among the contributions to a score."""

NOT_DUE = "not_due"
"""The name of what an item loses that the person had, and that is not due again yet."""

PERCENTILE = 99.0
"""Two items are alike if their texts are nearer than this percentage of the catalogue's pairs."""

LEAST, MOST = 1.0, 2.0
"""Penalties of an item that is just alike, and of one with the same text.

The unit is the distance from the mean score to the person's best score, so that even the best item
falls to the mean.
"""

SAMPLE = 1500
"""Items whose pairs give the percentile: a million pairs are as precise as all."""

LATEST = 50
"""Latest turned down items that count. Older ones are still left out of lists themselves, but items
similar to them are no longer penalised."""

CACHED_PEOPLE = 16
"""People whose penalties are cached: one page needs several lists for the same person."""

ROUNDING = 1e-5

Texts: TypeAlias = FloatArray | sp.csr_matrix


@dataclass(frozen=True)
class TextSimilarity:
    """Similarity of items by one kind of text vectors.

    ``texts``: (n_items, d) rows of length 1, or of zeros for items without text.
    """

    texts: Texts

    @cached_property
    def threshold(self) -> float:
        """The lowest cosine, above 0, of two items that are alike."""
        rows = np.unique(np.linspace(0, max(0, self.texts.shape[0] - 1), SAMPLE).astype(np.int64))
        known = rows[_is_known(self.texts[rows])]
        pairs = _cosines(self.texts[known], self.texts[known])[~np.eye(len(known), dtype=bool)]
        if not len(pairs):
            return 1.0
        return max(float(np.percentile(pairs, PERCENTILE)) - ROUNDING, ROUNDING)

    def penalties(self, items: IntArray, among: IntArray | None = None) -> FloatArray:
        """(len(items), n_items) ``LEAST`` at the threshold … ``MOST`` for equal texts, else 0.

        ``among``: (n,) only these columns.
        """
        others = self.texts if among is None else self.texts[among]
        cosines, threshold = _cosines(self.texts[items], others), self.threshold
        scaled = LEAST + (MOST - LEAST) * (cosines - threshold) / max(ROUNDING, 1 - threshold)
        return np.where(cosines >= threshold, np.clip(scaled, LEAST, MOST), 0.0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Likeness:
    """Two items are alike if any of the similarities says so: semantic, or by shared words."""

    similarities: tuple[TextSimilarity, ...]

    def penalties(self, items: IntArray, among: IntArray | None = None) -> FloatArray:
        """(len(items), n_items) the highest penalty of all similarities."""
        found = [each.penalties(items, among) for each in self.similarities]
        return np.asarray(np.max(found, axis=0))

    def alike(self, items: IntArray) -> BoolArray:
        """(len(items), n_items) which items are alike; no item is like itself."""
        found = self.penalties(items) > 0
        found[np.arange(len(items)), items] = False
        return found


@dataclass(frozen=True)
class NegativeFeedbackPenalty:
    """A person's scores, lowered for the items like those that they turned down.

    score(i) = boosted(i) - reach * penalty(i). The penalty is that of the nearest turned down item,
    from ``LEAST`` at the threshold to ``MOST`` for the same text. ``reach`` is the distance from
    the mean score to the best score. An item is not penalised if it is like something that the
    person chose later: the latest action counts.
    """

    boost: StatedPreferenceBoost
    likeness: Likeness | None

    def score(
        self, query: Query, items: IntArray, reaches: Reaches | None = None
    ) -> tuple[FloatArray, Reaches]:
        """(len(items),) scores, and the reaches in them.

        Args:
            items: ascending, each once.
            reaches: those of the query; None = they are taken from these items, its candidates.
        """
        own = self.boost.scorer.score(query, items)
        if not query.stated_preferences and not query.negative_feedback and not query.due:
            return own, Reaches()
        of_boost = self.boost.reach(query, own) if reaches is None else reaches.boost
        boosted = self.boost.score(query, items, own, of_boost)
        of_penalty = reach_of(boosted) if reaches is None else reaches.penalty
        return self.penalise(boosted, query, items, of_penalty), Reaches(of_boost, of_penalty)

    def penalise(
        self, scores: FloatArray, query: Query, items: IntArray, reach: float
    ) -> FloatArray:
        """(len(items),) the scores less the penalties; NaN stays NaN."""
        penalties, lowered = self._penalties(query, items), scores
        if penalties is not None:
            lowered = scores - np.float32(reach) * penalties.amounts
        if query.due:
            waits = 1 - np.array([share for _item, share in query.due], dtype=np.float32)
            due = np.array([item for item, _share in query.due], dtype=np.int32)
            _items, at, of_due = np.intersect1d(items, due, return_indices=True)
            lowered = lowered.copy()
            lowered[at] -= np.float32(reach) * waits[of_due]
        return np.asarray(lowered, dtype=np.float32)

    def explain_table(
        self, query: Query, items: Sequence[int], reaches: Reaches
    ) -> ContributionTable:
        """The contributions that sum to each item's score; none if it has no score."""
        table = self.boost.explain_table(query, items, reaches.boost)
        if not query.negative_feedback and not query.due:
            return table
        lowered = self.explain_penalties(query, items, reaches.penalty)
        explained = table.explained().tolist()
        return table.with_more(
            [own if known else [] for own, known in zip(lowered, explained, strict=True)]
        )

    def explain_penalties(
        self, query: Query, items: Sequence[int], reach: float
    ) -> list[list[Contribution]]:
        """The penalties of each item as contributions; ``reach`` as given to ``penalise``."""
        penalties = self._penalties(query, np.asarray(items, dtype=np.int32))
        waits = {item: (1 - due) * reach for item, due in query.due if due < 1}
        found = []
        for at, item in enumerate(items):
            lowered = [] if penalties is None else penalties.explain(at, reach)
            early = [Contribution(NOT_DUE, -waits[item], item=item)] if item in waits else []
            found.append(lowered + early)
        return found

    def penalised(self, query: Query, items: IntArray | None = None) -> BoolArray | None:
        """(len(items),) mask of the penalised items; None if nothing was turned down.

        (n_items,) of the whole catalogue if ``items`` is None.
        """
        penalties = self._penalties(query, items)
        return None if penalties is None else penalties.amounts > 0

    def _penalties(self, query: Query, items: IntArray | None) -> Penalties | None:
        if not query.negative_feedback or self.likeness is None:
            return None
        return penalties_of(self.likeness, query.negative_feedback[-LATEST:], items)


@dataclass(frozen=True)
class Penalties:
    """Of k items.

    ``amounts``: (k,) penalties in units of ``reach``, 0 = none. ``causes``: (k,) the turned down
    item that each penalty comes from.
    """

    amounts: FloatArray
    causes: IntArray

    @classmethod
    def of(
        cls,
        likeness: Likeness,
        negative_feedback: Sequence[NegativeFeedback],
        items: IntArray | None = None,
    ) -> Penalties:
        """``items``: (k,), None = the whole catalogue."""
        turned_down = np.array([feedback.item for feedback in negative_feedback], dtype=np.int32)
        penalties = likeness.penalties(turned_down, items)
        # only what is penalised can be exempt: few items of many
        at = np.flatnonzero(penalties.any(axis=0)).astype(np.int32)
        touched = at if items is None else items[at]
        later = np.unique(np.concatenate([feedback.since for feedback in negative_feedback]))
        alike = likeness.penalties(later, touched) > 0
        for row, feedback in enumerate(negative_feedback):
            exempt = alike[np.searchsorted(later, feedback.since)].any(axis=0)
            exempt |= np.isin(touched, feedback.since)
            penalties[row, at[exempt]] = 0.0
        nearest = penalties.argmax(axis=0)
        return cls(penalties.max(axis=0), turned_down[nearest])

    def explain(self, at: int, reach: float) -> list[Contribution]:
        """The penalty of the item at this position as a contribution; empty if there is none."""
        amount = float(self.amounts[at])
        if not amount:
            return []
        return [Contribution(TURNED_DOWN, -reach * amount, item=int(self.causes[at]))]


@recently(
    CACHED_PEOPLE,
    key=lambda negative_feedback, items: (
        tuple((feedback.item, feedback.since.tobytes()) for feedback in negative_feedback),
        None if items is None else items.tobytes(),
    ),
)
def penalties_of(
    likeness: Likeness, negative_feedback: Sequence[NegativeFeedback], items: IntArray | None
) -> Penalties:
    return Penalties.of(likeness, negative_feedback, items)


def _cosines(rows: Texts, others: Texts) -> FloatArray:
    product: Any = rows @ others.T
    return np.asarray(product.toarray() if sp.issparse(product) else product, dtype=np.float32)


def _is_known(rows: Any) -> BoolArray:
    return np.asarray(
        np.diff(rows.indptr) > 0 if sp.issparse(rows) else np.asarray(rows).any(axis=1)
    )


def unit_length(rows: sp.csr_matrix) -> sp.csr_matrix:
    """The rows divided by their length; rows of zeros stay."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-12)) @ rows)
