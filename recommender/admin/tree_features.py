"""What the trees of a version read, and how much each of it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.admin.measures import as_percent
from recommender.explanations.feature_meanings import MEANINGS, feature_meaning
from recommender.models import ModelVersion


@dataclass(frozen=True)
class TreeFeature:
    """A feature, or the scores of one component of the first stage.

    Attributes:
        meaning: in the reader's language; empty for one that this release does not know.
        share: of the splits; empty if the training did not measure it.
        percent: length of the bar; the longest fills its cell.
    """

    name: str
    meaning: str
    share: str = ""
    percent: float = 0.0


def tree_features_of(
    version: ModelVersion, importance: Mapping[str, float] | None
) -> tuple[TreeFeature, ...]:
    """What the trees read, what matters most first; without ``importance`` in its own order."""
    if not importance:
        names = [*(version.blend.get("weights") or {}), *MEANINGS]
        return tuple(TreeFeature(name, feature_meaning(name)) for name in names)
    most = max(importance.values()) or 1.0
    own_order = {name: at for at, name in enumerate(MEANINGS)}
    ordered = sorted(importance.items(), key=lambda pair: (-pair[1], own_order.get(pair[0], -1)))
    return tuple(
        TreeFeature(name, feature_meaning(name), as_percent(share), round(100 * share / most, 1))
        for name, share in ordered
    )
