"""What the page of a model version shows."""

from __future__ import annotations

from typing import Any

from recommender.admin.ablation import ablation_of
from recommender.admin.candidate_recall import candidates_of
from recommender.admin.frontier import frontier_of
from recommender.admin.measures import compare
from recommender.admin.tail_bonuses import bonuses_of
from recommender.admin.tree_outcome import lack_of, trees_of
from recommender.explanations.evidence import scorer_name
from recommender.models import ModelVersion


def sheet_of(version: ModelVersion) -> dict[str, Any]:
    """The context of the version's page."""
    return {
        "rows": compare(version),
        "live_lacks": lack_of(version),
        "blend": blend_of(version),
        "candidates": candidates_of(version),
        "ablation": ablation_of(version),
        "trees": trees_of(version),
        "bonuses": bonuses_of(version),
        "frontier": frontier_of(version),
        "was_pruned": was_pruned(version),
    }


def blend_of(version: ModelVersion) -> list[dict[str, Any]]:
    """The blend's components, heaviest first, each with its percentage of all weights."""
    weights = {
        name: float(weight)
        for name, weight in (version.blend.get("weights") or {}).items()
        if weight
    }
    total = sum(abs(weight) for weight in weights.values()) or 1.0
    decays = version.blend.get("decays") or {}
    return [
        {
            "name": scorer_name(name),
            "weight": weight,
            "percent": round(100 * abs(weight) / total),
            "decay": decays.get(name),
            "fading": fading(decays[name]) if decays.get(name, 1) != 1 else (),
        }
        for name, weight in sorted(weights.items(), key=lambda pair: -pair[1])
    ]


def fading(decay: float) -> list[dict[str, float]]:
    """Bars of the weights of the last ten items in a history, in pixels of a 60 × 16 picture.

    The newest item is at the right.
    """
    heights = [round(16 * decay**age, 1) for age in range(9, -1, -1)]
    return [
        {"x": 6.0 * at, "y": round(16 - height, 1), "height": height}
        for at, height in enumerate(heights)
    ]


def was_pruned(version: ModelVersion) -> bool:
    """Whether an old version's folder was deleted to save space. That is no damage."""
    return version.state != ModelVersion.State.LIVE and not version.path.exists()
