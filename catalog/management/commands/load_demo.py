"""Load the demo catalogues; loaded ones stay as they are."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from catalog.demo.loading import BUILDERS, load


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "catalogs",
            nargs="*",
            metavar="CATALOG",
            help=f"of: {' '.join(BUILDERS)} (default: all)",
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="of the simulated people (default: 0)"
        )
        parser.add_argument(
            "--limit", type=int, help="load only so many items a catalogue, to try things"
        )

    def handle(
        self, *args: Any, catalogs: list[str], seed: int, limit: int | None, **options: Any
    ) -> None:
        unknown = [name for name in catalogs if name not in BUILDERS]
        if unknown:
            self.stderr.write(f"CATALOG: “{unknown[0]}” must be one of {', '.join(BUILDERS)}.")
            raise SystemExit(2)
        for slug in catalogs or BUILDERS:
            self._load(slug, seed, limit, quiet=options["verbosity"] == 0)

    def _load(self, slug: str, seed: int, limit: int | None, *, quiet: bool) -> None:
        started, bar = (
            time.monotonic(),
            tqdm(desc=slug, unit="", disable=quiet, mininterval=1.0, leave=False),
        )

        def show(what: str, done: int, of: int) -> None:
            bar.set_description(f"{slug}: {what}", refresh=False)
            bar.total, bar.n = of, done
            bar.refresh()

        with bar:
            loaded = load(slug, seed=seed, limit=limit, progress=show)
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{slug}: loaded in {seconds:.1f} s" if loaded else f"{slug}: is there already"
        )
