"""Measures the processor time of lists through the API."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from json import dumps as to_json
from typing import Any

import numpy as np
import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings
from numpy.typing import NDArray

from catalog.api.keys import create_api_key
from catalog.models import ApiKey, Catalog, Profile
from recommender.management.lookup import find_catalog
from recommender.models import ModelVersion
from recommender.training import run_queries

ASKED: Mapping[str, dict[str, Any]] = {
    "10 items": {"n": 10},
    "24 items": {"n": 24},
    "24 items, explained": {"n": 24, "explain": "true"},
}
LEAST_HISTORY = 3
WARM = 20
MEBIBYTE = 2**20


class Command(BaseCommand):
    help = (
        "Measure the processor time of lists: whole API requests in this process, without the "
        "network. PostgreSQL's own time is not in it, SQLite's is. Nothing stays in the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address, as in /c/…/")
        parser.add_argument("--people", type=int, default=200, help="people with a history")
        parser.add_argument("--json", action="store_true", help="all figures, and the live version")

    def handle(self, *, catalog: str, people: int, json: bool, **options: Any) -> None:
        if people < 1:
            raise CommandError(f"people: {people} is not at least 1")
        found = find_catalog(catalog)
        ids = _people(found, people)
        if not ids:
            raise CommandError(f"{catalog}: nobody has {LEAST_HISTORY} interactions.")
        if not json:
            self.stdout.write(f"{connection.vendor}, {len(ids)} people; CPU of one request, ms")
        lists: dict[str, dict[str, dict[str, float]]] = {}
        with override_settings(ALLOWED_HOSTS=["*"], DEBUG=False), transaction.atomic():
            _key, secret = create_api_key(
                catalog=found, name="measure_lists", scope=ApiKey.Scope.READ
            )
            ask = _asking(found, secret)
            for label, options_asked in ASKED.items():
                for user_id in ids[:WARM]:
                    ask(user_id, options_asked)
                times = np.array([ask(user_id, options_asked) for user_id in ids])
                lists[label] = {"cpu_ms": _summary(times[:, 0]), "wall_ms": _summary(times[:, 1])}
                if not json:
                    cpu = lists[label]["cpu_ms"]
                    middle, most = cpu["median"], cpu["95 %"]
                    self.stdout.write(f"{label:<20} median {middle:6.1f}   95 % {most:6.1f}")
            transaction.set_rollback(True)
        if json:
            self.stdout.write(to_json(_figures(found, lists)))


def _summary(milliseconds: NDArray[np.float64]) -> dict[str, float]:
    middle, most, nearly_all = np.percentile(milliseconds, [50, 95, 99]).round(2).tolist()
    return {"median": middle, "95 %": most, "99 %": nearly_all}


def _figures(catalog: Catalog, lists: dict[str, Any]) -> dict[str, Any]:
    """``private_mib``: memory of this process that no other shares, after the lists."""
    version = run_queries.live_version(catalog)
    private = psutil.Process().memory_full_info().uss
    return {
        "database": connection.vendor,
        "lists": lists,
        "private_mib": round(private / MEBIBYTE),
        "version": {} if version is None else _version(version),
    }


def _version(version: ModelVersion) -> dict[str, Any]:
    files = [file for file in version.path.rglob("*") if file.is_file()]
    return {
        "seconds": version.run.seconds if version.run else {},
        "artifact_mib": round(sum(file.stat().st_size for file in files) / MEBIBYTE),
        "metrics": version.metrics.get("ours", {}),
        "warnings": version.warnings,
    }


def _people(catalog: Catalog, n: int) -> list[str]:
    """Ids of people with a history, oldest first."""
    rows = Profile.objects.filter(catalog=catalog, external_id__isnull=False)
    rows = rows.annotate(n=Count("interactions")).filter(n__gte=LEAST_HISTORY).order_by("pk")
    return [str(each) for each in rows.values_list("external_id", flat=True)[:n]]


def _asking(catalog: Catalog, secret: str) -> Callable[[str, dict[str, Any]], tuple[float, float]]:
    client = Client(headers={"authorization": f"Api-Key {secret}"})
    url = f"/api/v1/catalogs/{catalog.slug}/recommendations"
    secure = bool(settings.SECURE_SSL_REDIRECT)

    def ask(user_id: str, asked: dict[str, Any]) -> tuple[float, float]:
        """Milliseconds of the processor, and of the clock."""
        start, began = time.process_time(), time.perf_counter()
        answer = client.get(url, {"user_id": user_id, **asked}, secure=secure)
        spent, passed = time.process_time() - start, time.perf_counter() - began
        if answer.status_code != 200:
            raise CommandError(f"{answer.status_code}: {answer.content.decode()[:300]}")
        return 1000 * spent, 1000 * passed

    return ask
