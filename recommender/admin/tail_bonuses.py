"""What a tail bonus would gain and cost: the frontier that a training chose from."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.admin.measures import BY_KEY, as_text
from recommender.models import ModelVersion

SHOWN = ("ndcg", "tail_recall", "cold_recall")
"""Figures of the newest slice of the past."""


@dataclass(frozen=True)
class Tried:
    """One bonus. ``figures``: in the order of ``SHOWN``."""

    amount: float
    figures: tuple[str, ...]
    is_chosen: bool


def bonuses_of(version: ModelVersion) -> list[Tried]:
    """Empty if the training tuned nothing."""
    tried = (version.report.get("validation") or {}).get("bonuses") or []
    chosen = version.blend.get("tail_bonus")
    return [
        Tried(
            amount=each["amount"],
            figures=tuple(as_text(BY_KEY[key], each["figures"][key]) for key in SHOWN),
            is_chosen=each["amount"] == chosen,
        )
        for each in tried
    ]
