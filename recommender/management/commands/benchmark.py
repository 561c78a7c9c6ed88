"""Compares Longtail with other libraries on whole data sets, for evaluation.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recommender.engine.data.errors import EngineError
from recommender.experiments.benchmark import Beside, run_benchmark
from recommender.experiments.children import ChildFailed
from recommender.experiments.folders import DataFolder
from recommender.experiments.report import publish
from recommender.experiments.stored_results import merged, stored
from recommender.experiments.tuned_peers import tune_peers
from recommender.experiments.workspace import Workspace
from recommender.management.measuring import add_folders, folders_of, needs_development

COMPARISON, TUNED, PUBLISHED = "benchmark", "tuned-peers", "published"


class Command(BaseCommand):
    help = (
        "Measure Longtail and other libraries on data folders. Results of the same code are "
        "reused, and those of other data stay on the page."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_folders(parser)
        parser.add_argument(
            "--seeds", type=int, nargs="+", default=[0], metavar="SEED",
            help="the first on all folders, all of them on the two smallest, with mean and range",
        )  # fmt: skip
        parser.add_argument(
            "--everybody", action="store_true",
            help="ask all people; else a fixed sample of 10,000 where there are more",
        )  # fmt: skip
        parser.add_argument(
            "--tune-peers", action="store_true",
            help="instead of the comparison: find the best settings of each peer on a slice of the "
            "training part, and write them to evaluation/tuned-peers.json, which comparisons read",
        )  # fmt: skip

    def handle(
        self,
        *,
        data: list[Path],
        protocols: list[str],
        docs: Path,
        seeds: list[int],
        everybody: bool,
        tune_peers: bool,
        **options: Any,
    ) -> None:
        needs_development()
        if tune_peers and seeds != [0]:
            raise CommandError("--seeds: the search of --tune-peers draws nothing by it.")
        try:
            folders = folders_of(data, protocols)
            if tune_peers:
                written = self._tune(folders, docs, everybody)
            else:
                written = self._compare(folders, docs, everybody, seeds)
        except (EngineError, ChildFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(map(str, written)))

    def _compare(
        self,
        folders: Sequence[tuple[DataFolder, str]],
        docs: Path,
        everybody: bool,
        seeds: Sequence[int],
    ) -> list[Path]:
        results = run_benchmark(
            folders,
            seeds=seeds,
            everybody=everybody,
            beside=Beside(stored(docs, TUNED) or {}, stored(docs, PUBLISHED) or ()),
            workspace=Workspace(settings.VAR_DIR),
            say=self.stderr.write,
        )
        return publish(COMPARISON, merged(stored(docs, COMPARISON), results), docs)

    def _tune(
        self,
        folders: Sequence[tuple[DataFolder, str]],
        docs: Path,
        everybody: bool,
    ) -> list[Path]:
        results = tune_peers(
            folders,
            everybody=everybody,
            workspace=Workspace(settings.VAR_DIR),
            say=self.stderr.write,
        )
        return publish(TUNED, merged(stored(docs, TUNED), results), docs)
