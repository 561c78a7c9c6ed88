"""Cancels the training runs of a catalogue that wait or run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError
from recommender.management.lookup import find_catalog
from recommender.training import run_queries, runs


class Command(BaseCommand):
    help = "Cancel the training runs of a catalogue that wait or run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address, as in /c/…/")
        parser.add_argument("--run", type=int, help="only this run")

    def handle(self, *, catalog: str, run: int | None, **options: Any) -> None:
        rows = run_queries.runs(find_catalog(catalog))
        chosen = rows.filter(state__in=run_queries.OPEN) if run is None else rows.filter(pk=run)
        # the waiting run first: it would begin as soon as the running one ends
        pks = list(chosen.order_by("state").values_list("pk", flat=True))
        if not pks:
            which = "no run waits or runs" if run is None else f"run {run} is none of its runs"
            raise CommandError(f"{catalog}: {which}.")
        for pk in pks:
            try:
                runs.cancel_run(run_id=pk)
            except AppError as error:
                raise CommandError(f"Run {pk}: {error}") from error
            self.stdout.write(f"Run {pk} is cancelled.")
