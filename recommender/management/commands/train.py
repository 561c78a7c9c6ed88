"""Trains a catalogue from the command line."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Catalog
from config.errors import AppError
from recommender.engine.data.errors import EngineError
from recommender.management.lookup import find_catalog
from recommender.models import ModelVersion, TrainingRun
from recommender.training import child_process, execution, run_queries, runs, workers

State = TrainingRun.State


class Command(BaseCommand):
    help = "Train a catalogue's model and make it live if it passes the gate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address, as in /c/…/")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--force", action="store_true", help="train even without new data")
        parser.add_argument(
            "--quick",
            action="store_true",
            help="first lists within seconds: typical weights, nothing learnt or evaluated; "
            "never replaces a version with learnt weights",
        )
        parser.add_argument(
            "--queue", action="store_true", help="leave it to the worker, and wait for it"
        )
        parser.add_argument(
            "--no-wait", action="store_false", dest="wait", help="with --queue: return at once"
        )
        parser.add_argument(
            "--here", action="store_true", help="in this very process, for debugging"
        )
        parser.add_argument(
            "--take-over",
            action="store_true",
            help="train the run that waits for the worker in this terminal",
        )
        parser.add_argument(
            "--follow",
            action="store_true",
            help="share another machine's training of this catalogue (TF_CONFIG)",
        )

    def handle(
        self,
        *,
        catalog: str,
        seed: int,
        force: bool,
        quick: bool,
        queue: bool,
        wait: bool,
        here: bool,
        take_over: bool,
        follow: bool,
        **options: Any,
    ) -> None:
        if seed < 0:
            raise CommandError(f"--seed {seed}: must be 0 or more")
        if quick and (follow or take_over):
            raise CommandError("--quick is for a new run, not for one that waits or is shared")
        if follow:
            self._join(catalog, seed)
            return
        queue = queue or not wait
        found = find_catalog(catalog)
        runs.sweep_lost_runs()  # a run whose process died would block this one
        waiting = runs.take_over(catalog=found, force=force) if take_over else None
        run = waiting or self._request(found, queue, seed=seed, force=force, quick=quick)
        if run.state == State.RUNNING or not queue:
            self._train(run, here)
        elif wait:
            self._follow(run)
        else:
            self.stdout.write(f"Run {run.pk} waits for the worker.")
            return
        self._report(run)

    def _request(self, catalog: Catalog, queue: bool, *, force: bool, **asked: Any) -> TrainingRun:
        trigger = TrainingRun.Trigger.COMMAND
        try:
            return runs.request_training(
                catalog=catalog, trigger=trigger, force=force, send=queue, **asked
            )
        except AppError as error:
            waiting = run_queries.runs(catalog).filter(state=State.QUEUED).first()
            if queue or waiting is None or workers.any_trains():
                raise CommandError(self._way_on(str(error), catalog, waiting)) from error
        self.stderr.write(f"No worker answers. Run {waiting.pk} is trained here.")
        return runs.take_over(catalog=catalog, force=force) or waiting

    def _way_on(self, error: str, catalog: Catalog, waiting: TrainingRun | None) -> str:
        run = f" (run {waiting.pk})" if waiting else ""
        return (
            f"{error.rstrip('.')}{run}. To train it here: manage.py train {catalog.slug} "
            f"--take-over. To cancel it: manage.py cancel_run {catalog.slug}."
        )

    def _train(self, run: TrainingRun, here: bool) -> None:
        claimed = run if run.state == State.RUNNING else runs.claim_run(run_id=run.pk)
        if claimed is None:
            raise CommandError(
                f"Another training is running; run {run.pk} waits and goes to the worker when it "
                f"ends. To cancel both: manage.py cancel_run {run.catalog.slug}."
            )
        if here:
            execution.carry_out(claimed)
        else:
            try:
                child_process.train(claimed, watch=self._show, seconds=0.5)
            except KeyboardInterrupt:  # a person's wish to stop: no worker goes on with it
                runs.cancel_run(run_id=claimed.pk)
                raise

    def _join(self, slug: str, seed: int) -> None:
        try:
            execution.follow(catalog=find_catalog(slug), seed=seed)
        except (AppError, EngineError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The training that this machine shared is over.")

    def _follow(self, run: TrainingRun) -> None:
        while not run.is_over:
            self._show(run)
            time.sleep(0.5)
            run.refresh_from_db()

    def _show(self, run: TrainingRun) -> None:
        """Overwrite one line on a terminal. Print nothing elsewhere."""
        if self.stdout.isatty():
            left = f", {run.eta_seconds:.0f} s left" if run.eta_seconds is not None else ""
            self.stdout.write(
                f"\r\033[K{run.fraction:4.0%} {run.stage or run.get_state_display()}{left}",
                ending="",
            )
            self.stdout.flush()

    def _report(self, run: TrainingRun) -> None:
        run.refresh_from_db()
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        if run.state == State.FAILED:
            raise CommandError(f"Run {run.pk} failed: {run.error}")
        if run.state == State.CANCELLED:
            raise CommandError(f"Run {run.pk} was cancelled.")
        if run.state == State.QUEUED:
            when = f"{run.retry_at:%H:%M:%S}" if run.retry_at else "once a worker takes it"
            raise CommandError(f"Run {run.pk} begins again: {when}. {run.error}")
        for warning in run.warnings:
            component, reason = warning["component"], warning["reason"]
            self.stderr.write(f"warning: {component} failed and is left out of the model: {reason}")
        if version := ModelVersion.objects.filter(run=run).select_related("catalog").first():
            self.stdout.write(f"{version} is {version.get_state_display()}. {version.gate_reason}")
            self.stdout.write(
                ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in run.seconds.items())
            )
        else:
            self.stdout.write(f"Run {run.pk}: {run.get_state_display()}. --force trains anyway.")
