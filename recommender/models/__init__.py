"""The recommender's tables, by subject.

`interest_words` is no table: it has the values that `InterestText` stores as JSON.
"""

from __future__ import annotations

from recommender.models.changes import ItemEncoding, RemovedItem
from recommender.models.enrichment import ItemEnrichment
from recommender.models.heartbeats import Heartbeat
from recommender.models.impressions import Impression
from recommender.models.preferences import BlockedWord, HealthAnswers, InterestText
from recommender.models.training import ModelVersion, TrainingRun

__all__ = [
    "BlockedWord",
    "HealthAnswers",
    "Heartbeat",
    "Impression",
    "InterestText",
    "ItemEncoding",
    "ItemEnrichment",
    "ModelVersion",
    "RemovedItem",
    "TrainingRun",
]
