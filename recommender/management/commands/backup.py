"""Writes database and artifacts into one file, while the site runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommender.backup.creation import Made, create_backup
from recommender.backup.manifest import BackupError
from recommender.management.console import progress_on


class Command(BaseCommand):
    help = (
        "Write the database and the artifacts of its models into one new file, while the site "
        "runs. SECRET_KEY and other settings are not in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a new file, as backup.tar")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        try:
            made = create_backup(file, progress_on(self.stderr, verbosity))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._report(file, made)

    def _report(self, file: Path, made: Made) -> None:
        for folder, reason in made.manifest.missing.items():
            self.stderr.write(f"note: artifact {folder} is not in it: {reason}")
        rows = sum(made.manifest.rows.values())
        self.stdout.write(
            f"{file}: {rows:,} rows, {len(made.manifest.entries):,} files, "
            f"{made.manifest.bytes / 2**20:,.1f} MiB, {made.manifest.taken_at}.\n"
            f"SHA-256: {made.sha256}\n"
            "It holds personal data. SECRET_KEY and other settings are not in it: keep those apart."
        )
