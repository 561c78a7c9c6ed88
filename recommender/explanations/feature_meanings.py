"""What the features of the second stage mean, in the reader's language."""

from __future__ import annotations

from config.translation import gettext as _
from recommender.engine.ranking.features import FEATURES
from recommender.explanations.evidence import SCORER_NAMES, scorer_name

MEANINGS = {feature.name: feature.meaning for feature in FEATURES}
"""In the order of the columns."""


def feature_meaning(name: str) -> str:
    """Of a feature, or of the terms of a component; empty if this release knows neither."""
    if name in SCORER_NAMES:
        return _("“%(component)s”: its score over its deviation") % {"component": scorer_name(name)}
    return _(MEANINGS[name]) if name in MEANINGS else ""
