"""Rows and addresses of the recommender's admin."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse

from catalog.models import Catalog
from recommender.models import ModelVersion, TrainingRun

State = TrainingRun.State


METRICS = {
    "ours": {"ndcg": 0.0284, "ndcg_low": 0.0251, "ndcg_high": 0.0312,
             "tail_recall": 0.0389, "coverage": 0.8, "gini": 0.6},
    "live": {"ndcg": 0.0262, "tail_recall": 0.0311, "coverage": 0.7, "gini": 0.7},
    "baseline": {"ndcg": 0.0152, "tail_recall": 0.0134, "coverage": 0.87, "gini": 0.5,
                 "novelty": None},
}  # fmt: skip


def page_of(name: str, *args: object) -> str:
    return reverse(f"admin:recommender_{name}", args=args)


def texts_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def make_run(catalog: Catalog, state: str = State.QUEUED, **fields: Any) -> TrainingRun:
    return TrainingRun.objects.create(catalog=catalog, state=state, trigger="command", **fields)


def make_version(
    catalog: Catalog, number: int = 1, state: str = "candidate", **fields: Any
) -> ModelVersion:
    fields = {
        "metrics": METRICS,
        "blend": {"weights": {"knn": 3, "tfidf": 1, "unused": 0}},
        **fields,
    }
    return ModelVersion.objects.create(
        catalog=catalog, number=number, state=state, folder=f"shop/{number}", **fields
    )
