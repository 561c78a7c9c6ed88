"""What a new version is compared with: the live one, with the trees that it is served with."""

from __future__ import annotations

from recommender.engine.data.errors import EngineError
from recommender.engine.scorers.blend import Blend, name_of
from recommender.engine.scorers.hybrid import component_params
from recommender.engine.scorers.registry import SCORERS
from recommender.engine.train import Contender
from recommender.models import ModelVersion
from recommender.training import artifact_store

UNREADABLE = "unreadable"
"""Why trees are not compared: the live version's artifact cannot be read."""


def contender_of(version: ModelVersion | None) -> Contender | None:
    """The live version's blend and trees. None without one, or if its release had other scorers."""
    blend = _blend_of(version)
    if version is None or blend is None:
        return None
    if not _has_trees(version):
        return Contender(blend)
    try:
        return Contender.of_served(blend, artifact_store.read(version.path).recommender)
    except (EngineError, OSError):
        return Contender(blend, lacks=UNREADABLE)


def _blend_of(version: ModelVersion | None) -> Blend | None:
    if version is None:
        return None
    try:
        blend = Blend.from_dict(version.blend)
        for key in blend.components:
            component_params(SCORERS[name_of(key)], blend, key)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
    return blend


def _has_trees(version: ModelVersion) -> bool:
    tried = (version.report.get("validation") or {}).get("trees") or {}
    return bool(tried.get("served"))
