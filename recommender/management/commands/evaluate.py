"""Prints a table of metrics for a catalogue."""

from __future__ import annotations

import json
import math
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError
from recommender.engine.evaluation.rating_evaluation import RatingReport
from recommender.management.console import progress_on
from recommender.management.lookup import find_catalog
from recommender.management.rating_table import rating_table
from recommender.training import rating_evaluation
from recommender.training.evaluation import Report, evaluate_catalog
from recommender.training.execution import plain

METRICS = (
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
    help = (
        "Train on a catalogue's past and evaluate the lists on its future, beside item-kNN and "
        "popularity; with --ratings evaluate predicted stars, of a catalogue or of files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", nargs="?", help="the catalogue's address, as in /c/…/")
        parser.add_argument("--k", type=int, default=10, help="items per list")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--json", action="store_true", help="one JSON object instead of a table"
        )
        parser.add_argument(
            "--ratings",
            action="store_true",
            help="evaluate predicted stars: random 80/20, several seeds",
        )
        parser.add_argument("--seeds", type=int, default=5, help="how many splits --ratings makes")
        parser.add_argument(
            "--interactions", type=Path, help="for --ratings: user_id,item_id,value[,timestamp]"
        )
        parser.add_argument(
            "--items", type=Path, help="for --ratings: item_id[,title][,description][,categories]"
        )

    def handle(self, **options: Any) -> None:
        self._reject_bad(**options)
        try:
            output = (
                self._evaluate_ratings(**options)
                if options["ratings"]
                else self._evaluate_lists(**options)
            )
        except AppError as error:
            raise CommandError(
                f"{options['catalog'] or options['interactions']}: {error}"
            ) from error
        self.stdout.write(output)

    def _reject_bad(
        self,
        *,
        catalog: str | None,
        k: int,
        ratings: bool,
        seeds: int,
        interactions: Path | None,
        items: Path | None,
        **others: Any,
    ) -> None:
        for name, value in (("k", k), ("seeds", seeds)):
            if value < 1:
                raise CommandError(f"--{name} {value}: must be at least 1")
        files = bool(interactions or items)
        if files and not ratings:
            raise CommandError(
                "--interactions, --items: only with --ratings; lists from files: batch_recommend"
            )
        if files and not (interactions and items):
            raise CommandError("--interactions and --items: both are needed")
        if files == bool(catalog):
            raise CommandError("give a catalogue, or --ratings with --interactions and --items")

    def _evaluate_lists(self, *, catalog: str, k: int, seed: int, json: bool, **others: Any) -> str:
        report = evaluate_catalog(find_catalog(catalog), k=k, seed=seed)
        return as_json(report) if json else as_table(report)

    def _evaluate_ratings(
        self,
        *,
        catalog: str | None,
        interactions: Path,
        items: Path,
        seeds: int,
        json: bool,
        verbosity: int,
        **others: Any,
    ) -> str:
        progress = progress_on(self.stderr, verbosity)
        if catalog:
            report = rating_evaluation.of_catalog(
                find_catalog(catalog), seeds=seeds, progress=progress
            )
        else:
            report = rating_evaluation.of_files(interactions, items, seeds=seeds, progress=progress)
        return as_json(report) if json else rating_table(report, catalog or interactions.name)


def as_json(report: Report | RatingReport) -> str:
    return json.dumps(plain(report.as_dict()), indent=1)


def as_table(report: Report) -> str:
    simulated = " The people in this catalogue are simulated." if report.simulated else ""
    head = (
        f"{report.catalog}, k = {report.k}, seed {report.seed}: {report.people:,} people "
        f"evaluated, {report.train_interactions:,} interactions learnt from, "
        f"all items ranked.{simulated}"
    )
    titles = "".ljust(20) + "".join(NAMES[name].rjust(WIDTH) for name in report.figures)
    rows = [
        metric.ljust(20)
        + "".join(_cell(report, name, metric).rjust(WIDTH) for name in report.figures)
        for metric in METRICS
    ]
    return "\n".join([head, "Brackets: 95 % bootstrap intervals over people.", "", titles, *rows])


def _cell(report: Report, name: str, metric: str) -> str:
    figures = report.figures[name].as_dict()
    if math.isnan(figures[metric]):
        return "–"
    low, high = figures.get(f"{metric}_low"), figures.get(f"{metric}_high")
    interval = f" [{low:.4f} {high:.4f}]" if low is not None and high is not None else ""
    return f"{figures[metric]:.4f}{interval}"
