"""How far an item comes on the way into a list, and which step it does not pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from recommender.engine.ranking.ranking import Ranked
from recommender.engine.retrieval.candidates import Sources
from recommender.engine.retrieval.may_hold import MayHold


class Step(StrEnum):
    """The steps in their order.

    ``ALLOWED``: filters and rules. ``WANTED``: it is not left out of this list. ``UNKNOWN``: the
    person does not have it, or it may come back. ``TAIL``: the list holds head items too, or this
    is none. ``RETRIEVED``: a source names it. ``SCORED``: a component scores it above 0.
    ``CANDIDATE``: it is among the best of a source. ``RANKED``, ``DIALLED``: it has a place by
    score, and with the dial. ``LISTED``: diversity, calibration and quotas leave it in the list.
    """

    ALLOWED = "allowed"
    WANTED = "wanted"
    UNKNOWN = "unknown"
    TAIL = "tail"
    RETRIEVED = "retrieved"
    SCORED = "scored"
    CANDIDATE = "candidate"
    RANKED = "ranked"
    DIALLED = "dialled"
    LISTED = "listed"


@dataclass(frozen=True)
class Steps:
    """One list, step by step."""

    may_hold: MayHold
    sources: Sources
    ranked: Ranked
    dialled: Ranked
    listed: Ranked

    def whereabouts(self, item: int) -> Whereabouts:
        """How far the item comes."""
        if (reason := _reason(self.may_hold, item)) is not None:
            return Whereabouts(reason)
        if item not in self.sources.items:
            return Whereabouts(Step.RETRIEVED)
        score = float(self.sources.scores_of(np.array([item], dtype=np.int32))[0])
        if math.isnan(score):
            return Whereabouts(Step.SCORED)
        if (place := _place(self.ranked, item)) is None:
            return Whereabouts(Step.CANDIDATE, score)
        named_by = self.ranked.take(np.array([place - 1])).ranked_items()[0].sources
        places = {Step.RANKED: place, Step.DIALLED: _place(self.dialled, item) or place}
        listed = _place(self.listed, item)
        if listed is None:
            return Whereabouts(Step.LISTED, score, named_by, places)
        return Whereabouts(None, score, named_by, places | {Step.LISTED: listed})


@dataclass(frozen=True)
class Whereabouts:
    """Where an item is on its way into a list.

    Attributes:
        left_at: the step that it does not pass; None = it is in the list.
        score: of the first stage, with stated preferences and negative feedback; NaN without one.
        sources: what names it as a candidate.
        places: its place after ranking, dial and the last step, 1 = the first, as far as it comes.
    """

    left_at: Step | None
    score: float = float("nan")
    sources: tuple[str, ...] = ()
    places: Mapping[Step, int] = field(default_factory=dict)


def _reason(may_hold: MayHold, item: int) -> Step | None:
    if may_hold.allowed is not None and not may_hold.allowed[item]:
        return Step.ALLOWED
    if item in may_hold.exclude:
        return Step.WANTED
    if item in may_hold.known:
        return Step.UNKNOWN
    return Step.TAIL if may_hold.head is not None and may_hold.head[item] else None


def _place(ranked: Ranked, item: int) -> int | None:
    found = np.flatnonzero(ranked.items == item)
    return int(found[0]) + 1 if len(found) else None
