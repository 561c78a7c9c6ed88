"""Compares Longtail with other libraries on whole data sets, for evaluation.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recommender.engine.data.errors import EngineError
from recommender.experiments.benchmark import run_benchmark
from recommender.experiments.children import ChildFailed
from recommender.experiments.report import publish
from recommender.experiments.workspace import Workspace
from recommender.management.measuring import add_folders, folders_of, needs_development


class Command(BaseCommand):
    help = (
        "Measure Longtail and other libraries on data folders. Results of the same code are reused."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_folders(parser)
        parser.add_argument("--seed", type=int, default=0)

    def handle(
        self, *, data: list[Path], protocols: list[str], docs: Path, seed: int, **options: Any
    ) -> None:
        needs_development()
        try:
            folders = folders_of(data, protocols)
            results = run_benchmark(
                folders, seed=seed, workspace=Workspace(settings.VAR_DIR), say=self.stderr.write
            )
            written = publish("benchmark", results, docs)
        except (EngineError, ChildFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(map(str, written)))
