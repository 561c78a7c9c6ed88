"""The value of each component of a version's blend: alone, and to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recommender.admin.measures import BY_KEY, as_text, number
from recommender.explanations.evidence import scorer_name
from recommender.models import ModelVersion

MIN_TAIL_SHARE = "min_tail_share"
"""The name in a training's report."""

HALF = 60
"""Pixels of a bar on each side of zero."""


@dataclass(frozen=True)
class Loss:
    """The change of a metric without a component.

    Attributes:
        text: the change in percent.
        x, length: of the bar, in pixels. A loss goes to the right.
    """

    text: str
    x: float
    length: float
    is_loss: bool


@dataclass(frozen=True)
class TableRow:
    """One component. ``alone``: its NDCG alone. ``losses``: of NDCG and of tail recall."""

    name: str
    alone: str
    losses: tuple[Loss, ...]


def ablation_of(version: ModelVersion) -> list[TableRow]:
    """The components, the most valuable first. Empty if the training searched nothing."""
    validation: Mapping[str, Any] = version.report.get("validation") or {}
    whole, without, alone = (validation.get(key) or {} for key in ("figures", "without", "parts"))
    changes = {
        name: {key: _change(figures, whole, key) for key in ("ndcg", "tail_recall")}
        for name, figures in without.items()
    }
    most = (
        max((abs(change) for each in changes.values() for change in each.values()), default=0.0)
        or 1.0
    )
    names = sorted(changes, key=lambda name: changes[name]["ndcg"])
    return [
        TableRow(
            component_name(name),
            _alone(alone.get(name)),
            tuple(_loss(change, most) for change in changes[name].values()),
        )
        for name in names
    ]


def component_name(name: str) -> str:
    return _("Quota for less known items") if name == MIN_TAIL_SHARE else scorer_name(name)


def _change(figures: Mapping[str, Any], whole: Mapping[str, Any], key: str) -> float:
    before, after = number(whole, key), number(figures, key)
    return after / before - 1 if before and after is not None else 0.0


def _alone(figures: Mapping[str, Any] | None) -> str:
    return as_text(BY_KEY["ndcg"], number(figures, "ndcg")) if figures else "–"


def _loss(change: float, most: float) -> Loss:
    length = round(HALF * abs(change) / most, 1)
    text = f"{change:+.1%}".replace("-", "−") if abs(change) >= 0.0005 else "0 %"
    return Loss(text, HALF if change < 0 else HALF - length, length, change < 0)
