"""Decides whether a new version may replace the live one, on one split of the same data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

NDCG_TOLERANCE = 0.02
"""Relative. On the demo catalogues another seed changes NDCG by 1 to 2 %."""

MIN_TAIL_RATIO = 0.5
"""Of the live version's tail recall. Less is a collapse, whatever the NDCG is."""

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Verdict:
    passed: bool
    reason: str


def evaluate(ours: Figures, *, live: Figures | None, baseline: Figures | None) -> Verdict:
    """Pass unless NDCG is below the live version's or plain item-kNN's, or tail recall collapses.

    A first version is compared with the baseline only. If nobody could be held out, the version
    passes and the reason says so: a small catalogue must not wait for people before it can serve.
    """
    if _figure(ours, "ndcg") is None:
        return Verdict(True, _("There is too little data to evaluate: no items could be held out."))
    for rival, name in ((live, _("the live version")), (baseline, _("plain item-kNN"))):
        if rival and (reason := _loses_to(ours, rival, name)):
            return Verdict(False, reason)
    if live and (reason := _tail_collapses(ours, live)):
        return Verdict(False, reason)
    return Verdict(
        True,
        _("NDCG@10 %(ours).4f is not below the versions it was compared with.")
        % {"ours": ours["ndcg"]},
    )


def admit_quick(*, replaces_learnt: bool) -> Verdict:
    """Pass a version without learnt weights, which has no figures, unless learnt ones are live."""
    if replaces_learnt:
        return Verdict(
            False, _("A quick version, which was not evaluated, does not replace a learnt one.")
        )
    return Verdict(True, _("A quick version, not evaluated: it serves until weights are learnt."))


def _loses_to(ours: Figures, rival: Figures, name: str) -> str:
    mine, theirs = _figure(ours, "ndcg"), _figure(rival, "ndcg")
    if mine is None or theirs is None or mine >= theirs * (1 - NDCG_TOLERANCE):
        return ""
    return _("NDCG@10 %(mine).4f is below the %(theirs).4f of %(name)s.") % {
        "mine": mine,
        "theirs": theirs,
        "name": name,
    }


def _tail_collapses(ours: Figures, live: Figures) -> str:
    mine, theirs = _figure(ours, "tail_recall"), _figure(live, "tail_recall")
    if mine is None or theirs is None or mine >= theirs * MIN_TAIL_RATIO:
        return ""
    return _("Tail recall@10 %(mine).4f is less than half of the live version’s %(theirs).4f.") % {
        "mine": mine,
        "theirs": theirs,
    }


def _figure(figures: Figures, name: str) -> float | None:
    value = figures.get(name)
    return None if value is None or math.isnan(value) else float(value)
