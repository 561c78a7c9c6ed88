"""A table of figures for a catalogue."""

from __future__ import annotations

import json
import math
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError
from recommender.evaluation import Report, evaluate_catalog
from recommender.management.lookup import find_catalog
from recommender.training import plain

ROWS = (
    "ndcg",
    "recall",
    "tail_ndcg",
    "tail_recall",
    "cold_recall",
    "coverage",
    "tail_share",
    "gini",
    "novelty",
    "category_diversity",
)
NAMES = {"ours": "ours", "item_knn": "item-kNN", "popularity": "popularity"}
WIDTH = 26


class Command(BaseCommand):
    help = "Train on a catalogue's past and judge the lists by its future, beside item-kNN and popularity."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address, as in /c/…/")
        parser.add_argument("--k", type=int, default=10, help="places a list")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *, catalog: str, k: int, seed: int, json: bool, **options: Any) -> None:
        if k < 1:
            raise CommandError(f"--k {k}: must be at least 1")
        try:
            report = evaluate_catalog(find_catalog(catalog), k=k, seed=seed)
        except AppError as error:
            raise CommandError(f"{catalog}: {error}") from error
        self.stdout.write(as_json(report) if json else as_table(report))


def as_json(report: Report) -> str:
    return json.dumps(plain(report.as_dict()), indent=1)


def as_table(report: Report) -> str:
    simulated = " The people in this catalogue are simulated." if report.simulated else ""
    head = (
        f"{report.catalog}, k = {report.k}, seed {report.seed}: {report.people:,} people judged, "
        f"{report.train_interactions:,} interactions learnt from, all items ranked.{simulated}"
    )
    titles = "".ljust(20) + "".join(NAMES[name].rjust(WIDTH) for name in report.figures)
    rows = [row.ljust(20) + "".join(_cell(report, name, row).rjust(WIDTH) for name in report.figures) for row in ROWS]
    return "\n".join([head, "Brackets: 95 % bootstrap intervals over people.", "", titles, *rows])


def _cell(report: Report, name: str, row: str) -> str:
    figures = report.figures[name].as_dict()
    if math.isnan(figures[row]):
        return "–"
    low, high = figures.get(f"{row}_low"), figures.get(f"{row}_high")
    interval = f" [{low:.4f} {high:.4f}]" if low is not None and high is not None else ""
    return f"{figures[row]:.4f}{interval}"
