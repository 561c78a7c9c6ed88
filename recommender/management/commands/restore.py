"""Reads a file of `backup` into an instance without tables and artifacts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommender.backup.manifest import BackupError, Manifest
from recommender.backup.restoring import migrations_to_run, restore_backup
from recommender.management.console import progress_on


class Command(BaseCommand):
    help = (
        "Read a file of `backup` into an empty instance: a database without tables, and an empty "
        "ARTIFACTS_DIR. Everything is checked first; what fails leaves the instance empty."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="written by `backup`")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        try:
            manifest = restore_backup(file, progress_on(self.stderr, verbosity))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._report(manifest)

    def _report(self, manifest: Manifest) -> None:
        for folder in manifest.missing:
            self.stderr.write(f"note: artifact {folder} was not in the backup")
        self.stdout.write(
            f"Restored: {sum(manifest.rows.values()):,} rows of {manifest.taken_at}, written by "
            f"Longtail {manifest.version}.\n"
            "Who was erased after that time is back: erase them again before the site opens.\n"
            "SECRET_KEY and other settings were not in it. With another SECRET_KEY everybody "
            "signs in again."
        )
        if waiting := migrations_to_run():
            self.stdout.write(f"Now run `migrate`: {len(waiting)} migrations wait.")
