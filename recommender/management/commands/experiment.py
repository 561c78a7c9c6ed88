"""Repeats the published experiment, the ablation and the test of the controls."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recommender.engine.data.errors import EngineError
from recommender.experiments.ablation import run_ablation
from recommender.experiments.children import ChildFailed
from recommender.experiments.folders import DataFolder
from recommender.experiments.paper import Setting, one_thread_each, run_paper
from recommender.experiments.paper_data import INTERPRETATIONS, ITEMS, PEOPLE
from recommender.experiments.report import publish
from recommender.experiments.report_controls import publish_controls
from recommender.experiments.served_setting import run_controls
from recommender.experiments.workspace import Workspace
from recommender.management.lookup import find_catalog
from recommender.management.measuring import add_folders, folders_of, needs_development


class Command(BaseCommand):
    help = (
        "paper: the published set-up; ablation: the whole blend against the blend without each "
        "component; controls: what people turn down, counted in their next list."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_subparsers(dest="experiment", required=True)
        paper = which.add_parser(
            "paper",
            help="1,000 people × 10,000 items, on real logs cut to size and a synthetic one",
        )
        add_folders(paper, required=False)
        paper.add_argument("--seeds", type=int, default=5, help="how many, from 0 on")
        paper.add_argument("--jobs", type=int, default=1, help="processes at once")
        paper.add_argument("--people", type=int, default=PEOPLE)
        paper.add_argument("--items", type=int, default=ITEMS)
        ablation = which.add_parser(
            "ablation", help="the blend against the blend without each component"
        )
        add_folders(ablation)
        ablation.add_argument("--seed", type=int, default=0)
        controls = which.add_parser(
            "controls", help="on trained catalogues, and on real logs that are trained first"
        )
        controls.add_argument(
            "--catalogs", nargs="*", default=[], metavar="SLUG", help="catalogues with a live model"
        )
        controls.add_argument("--people", type=int, default=100, help="drawn for each seed")
        controls.add_argument("--seeds", type=int, default=3, help="how many, from 0 on")
        add_folders(controls, required=False)

    def handle(self, *, experiment: str, docs: Path, **options: Any) -> None:
        if experiment == "controls":
            self.stdout.write("\n".join(map(str, self._controls(docs, **options))))
            return
        needs_development()
        try:
            results = self._paper(**options) if experiment == "paper" else self._ablation(**options)
            written = publish(experiment, results, docs)
        except (EngineError, ChildFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(map(str, written)))

    def _paper(
        self,
        *,
        data: list[Path],
        protocols: list[str],
        seeds: int,
        jobs: int,
        people: int,
        items: int,
        **options: Any,
    ) -> dict[str, Any]:
        if seeds < 1 or jobs < 1:
            raise CommandError(f"--seeds {seeds} --jobs {jobs}: both must be 1 or more")
        one_thread_each(jobs)
        folders = [folder.path for folder, _ in folders_of(data, protocols)]
        measured = [
            Setting(folder, interpretation, seed, people, items)
            for folder in [*folders, None]
            for interpretation in INTERPRETATIONS
            for seed in range(seeds)
        ]
        return run_paper(
            measured, jobs=jobs, workspace=Workspace(settings.VAR_DIR), say=self.stderr.write
        )

    def _ablation(
        self, *, data: list[Path], protocols: list[str], seed: int, **options: Any
    ) -> dict[str, Any]:
        workspace = Workspace(settings.VAR_DIR)
        return run_ablation(
            folders_of(data, protocols), seed=seed, workspace=workspace, say=self.stderr.write
        )

    def _controls(
        self,
        docs: Path,
        *,
        catalogs: list[str],
        data: list[Path],
        people: int,
        seeds: int,
        **options: Any,
    ) -> list[Path]:
        if people < 1 or seeds < 1:
            raise CommandError(f"--people {people} --seeds {seeds}: both must be 1 or more")
        if not catalogs and not data:
            raise CommandError("name catalogues with --catalogs, or folders with --data, or both")
        try:
            results = run_controls(
                [find_catalog(slug) for slug in catalogs],
                [DataFolder.at(path) for path in data],
                people=people,
                seeds=seeds,
                workspace=Workspace(settings.VAR_DIR),
                say=self.stderr.write,
            )
            return publish_controls(results, docs)
        except (EngineError, OSError) as error:
            raise CommandError(str(error)) from error
