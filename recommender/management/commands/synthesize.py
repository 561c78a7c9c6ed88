"""Writes a synthetic catalogue of any size, as files for the importer."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommender.engine.data.errors import DataError
from recommender.experiments.large_catalog.files import FORMATS, write_files
from recommender.experiments.large_catalog.stock import Size
from recommender.management.console import progress_on


class Command(BaseCommand):
    help = (
        "Write the items and the log of a synthetic catalogue, for measurements at size. The same "
        "numbers and seed give the same files."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="made if it is missing")
        parser.add_argument("--items", type=int, default=10_000)
        parser.add_argument("--people", type=int, help="default: as many as items")
        parser.add_argument("--events", type=int, help="default: 20 for each item")
        parser.add_argument("--seed", type=int, default=0, help="0 or more")
        parser.add_argument("--format", choices=FORMATS, default="csv", dest="form")

    def handle(
        self,
        *,
        folder: Path,
        items: int,
        people: int | None,
        events: int | None,
        seed: int,
        form: str,
        **options: Any,
    ) -> None:
        if seed < 0:
            raise CommandError(f"--seed {seed}: must be 0 or more")
        try:
            size = Size(
                items,
                items if people is None else people,
                20 * items if events is None else events,
            )
            written = write_files(
                folder,
                size,
                seed,
                form=form,
                progress=progress_on(self.stderr, options["verbosity"]),
            )
        except (DataError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{written.items}\n{written.interactions}")
