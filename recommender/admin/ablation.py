"""What each part of a version's blend is worth: alone, and to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recommender.admin.measures import BY_KEY, as_text, number
from recommender.explanations.evidence import scorer_name
from recommender.models import ModelVersion

MIN_TAIL_SHARE = "min_tail_share"
"""As the report of a training names it."""

HALF = 60
"""Pixels of a bar on either side of zero."""


@dataclass(frozen=True)
class Loss:
    """What a figure loses without the part: ``text`` as a change in percent; the bar goes right for a loss."""

    text: str
    x: float
    length: float
    is_loss: bool


@dataclass(frozen=True)
class TableRow:
    """``alone``: NDCG of the part by itself, where it can be; ``losses``: of NDCG and of tail recall."""

    name: str
    alone: str
    losses: tuple[Loss, ...]


def ablation_of(version: ModelVersion) -> list[TableRow]:
    """The part that is missed most comes first; empty where nothing was searched."""
    told: Mapping[str, Any] = version.report.get("validation") or {}
    whole, without, parts = (told.get(key) or {} for key in ("figures", "without", "parts"))
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
            part_name(name),
            _alone(parts.get(name)),
            tuple(_loss(change, most) for change in changes[name].values()),
        )
        for name in names
    ]


def part_name(name: str) -> str:
    return _("Places kept for less known items") if name == MIN_TAIL_SHARE else scorer_name(name)


def _change(figures: Mapping[str, Any], whole: Mapping[str, Any], key: str) -> float:
    before, after = number(whole, key), number(figures, key)
    return after / before - 1 if before and after is not None else 0.0


def _alone(figures: Mapping[str, Any] | None) -> str:
    return as_text(BY_KEY["ndcg"], number(figures, "ndcg")) if figures else "–"


def _loss(change: float, most: float) -> Loss:
    length = round(HALF * abs(change) / most, 1)
    text = f"{change:+.1%}".replace("-", "−") if abs(change) >= 0.0005 else "0 %"
    return Loss(text, HALF if change < 0 else HALF - length, length, change < 0)
