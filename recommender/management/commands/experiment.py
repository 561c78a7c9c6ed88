"""The published experiment again, and what each part of the blend adds."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recommender.engine.errors import EngineError
from recommender.experiments.ablation import run_ablation
from recommender.experiments.children import ChildFailed
from recommender.experiments.paper import Setting, one_thread_each, run_paper
from recommender.experiments.paper_data import ITEMS, PEOPLE, READINGS
from recommender.experiments.places import Places
from recommender.experiments.report import publish
from recommender.management.measuring import add_folders, folders_of, needs_development


class Command(BaseCommand):
    help = "paper: the published set-up, defined and measured; ablation: everything against everything without a part."
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_subparsers(dest="experiment", required=True)
        paper = which.add_parser(
            "paper", help="1,000 people × 10,000 items, on real logs cut to size and a synthetic one"
        )
        add_folders(paper, required=False)
        paper.add_argument("--seeds", type=int, default=5, help="how many, from 0 on")
        paper.add_argument("--jobs", type=int, default=1, help="processes at once")
        paper.add_argument("--people", type=int, default=PEOPLE)
        paper.add_argument("--items", type=int, default=ITEMS)
        ablation = which.add_parser("ablation", help="full against without each part")
        add_folders(ablation)
        ablation.add_argument("--seed", type=int, default=0)

    def handle(self, *, experiment: str, docs: Path, **options: Any) -> None:
        needs_development()
        try:
            results = self._paper(**options) if experiment == "paper" else self._ablation(**options)
            written = publish(experiment, results, docs)
        except (EngineError, ChildFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(map(str, written)))

    def _paper(
        self, *, data: list[Path], protocols: list[str], seeds: int, jobs: int, people: int, items: int, **options: Any
    ) -> dict[str, Any]:
        if seeds < 1 or jobs < 1:
            raise CommandError(f"--seeds {seeds} --jobs {jobs}: both must be 1 or more")
        one_thread_each(jobs)
        folders = [folder.path for folder, _ in folders_of(data, protocols)]
        measured = [
            Setting(folder, reading, seed, people, items)
            for folder in [*folders, None]
            for reading in READINGS
            for seed in range(seeds)
        ]
        return run_paper(measured, jobs=jobs, places=Places(settings.VAR_DIR), say=self.stderr.write)

    def _ablation(self, *, data: list[Path], protocols: list[str], seed: int, **options: Any) -> dict[str, Any]:
        places = Places(settings.VAR_DIR)
        return run_ablation(folders_of(data, protocols), seed=seed, places=places, say=self.stderr.write)
