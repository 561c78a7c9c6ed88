"""The training process of a worker. People use `train`."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from structlog.contextvars import bind_contextvars

from recommender.models import TrainingRun
from recommender.training import execution
from recommender.training.child_process import end_with_parent

NICENESS = 5
"""On a shared machine pages come first."""


class Command(BaseCommand):
    help = (
        "Carry out a training run that the parent process has claimed. Not for people: see `train`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run_id", type=int)

    def handle(self, *, run_id: int, **options: Any) -> None:
        end_with_parent()
        os.nice(NICENESS)
        run = (
            TrainingRun.objects.select_related("catalog")
            .filter(pk=run_id, state=TrainingRun.State.RUNNING)
            .first()
        )
        if run is None:
            raise CommandError(f"Run {run_id} is not running.")
        bind_contextvars(run=run.pk, catalog=run.catalog.slug)
        execution.carry_out(run)
