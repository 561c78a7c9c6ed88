"""Whether trees re-rank a version's lists, and what they gain or why they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommender.admin.measures import BY_KEY, Measure, as_percent, as_text, number
from recommender.admin.tree_features import TreeFeature, tree_features_of
from recommender.models import ModelVersion

SHOWN = {
    "ndcg_at_10": BY_KEY["ndcg"],
    "tail_recall": BY_KEY["tail_recall"],
    "cold_recall": BY_KEY["cold_recall"],
}
BREADTH = "breadth"
REASONS = {
    r"there is one slice only": gettext_lazy("the past holds one slice of questions only"),
    r"(?P<n>\d+) answered questions are fewer than (?P<least>\d+)": gettext_lazy(
        "%(n)s answered questions are fewer than %(least)s"
    ),
    r"the gain is below (?P<percent>[\d.]+)%": gettext_lazy("the gain is below %(percent)s %%"),
    r"the first stage alone serves the tail better": gettext_lazy(
        "the first stage alone serves the tail better"
    ),
    r"cold_recall falls by more than (?P<percent>\d+)%": gettext_lazy(
        "cold recall falls by more than %(percent)s %%"
    ),
    r"breadth falls by more than (?P<percent>\d+)%": gettext_lazy(
        "different items per position fall by more than %(percent)s %%"
    ),
    r"lightgbm cannot be imported: (?P<error>.*)": gettext_lazy(
        "LightGBM cannot be imported: %(error)s"
    ),
}
"""What a training's report says, as it is shown. Others are shown as they are."""

LACKS = {
    "unreadable": gettext_lazy(
        "The live version was compared without its trees: its artifact could not be read."
    ),
    "other_terms": gettext_lazy(
        "The live version was compared without its trees: this training could not make all the "
        "scores that they read."
    ),
}
"""Why the live version was compared with less than was served."""


@dataclass(frozen=True)
class Compared:
    """One measure of the newest slice; ``after``: empty if no trees were trained."""

    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class TreeOutcome:
    """The outcome as the page shows it.

    Attributes:
        reason: why no trees are served; empty = they are.
        gain: empty if not measured.
        features: what the served trees read; empty if none are.
        is_weighed: whether the training measured how much each feature matters.
    """

    is_served: bool
    reason: str
    gain: str
    rows: tuple[Compared, ...]
    features: tuple[TreeFeature, ...] = ()
    is_weighed: bool = False


def trees_of(version: ModelVersion) -> TreeOutcome | None:
    """None if the training tuned nothing."""
    tried = (version.report.get("validation") or {}).get("trees")
    if not tried:
        return None
    before, after = tried["first_stage"], tried.get("figures") or {}
    rows = [
        Compared(measure.label, _text(measure, before, key), _text(measure, after, key))
        for key, measure in SHOWN.items()
    ]
    breadth = Measure(BREADTH, _("different items per position"), "")
    rows.append(Compared(breadth.label, _text(breadth, before), _text(breadth, after)))
    gain, importance = number(tried, "gain"), tried.get("importance")
    return TreeOutcome(
        is_served=tried["served"],
        reason=reason_of(tried["reason"]),
        gain="" if gain is None else as_percent(gain, signed=True),
        rows=tuple(rows),
        features=tree_features_of(version, importance) if tried["served"] else (),
        is_weighed=bool(importance),
    )


def lack_of(version: ModelVersion) -> str:
    """Why the live version was compared without the trees that it serves; empty if it was not."""
    lack = (version.report.get("without_trees") or {}).get("live", "")
    return str(LACKS.get(lack, lack))


def reason_of(text: str) -> str:
    """The reason in the reader's language."""
    for pattern, shown in REASONS.items():
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return str(shown) % found.groupdict() if found.groupdict() else str(shown)
    return text


def _text(measure: Measure, figures: dict[str, Any], key: str = BREADTH) -> str:
    return as_text(measure, number(figures, key)) if figures else ""
