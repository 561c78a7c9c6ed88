"""Measures imports, trainings and lists by size of the catalogue, for docs/scaling.md."""

from __future__ import annotations

import json
import shutil
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recommender.experiments.children import ChildFailed
from recommender.experiments.machine import describe_machine
from recommender.experiments.scaling.measuring import Scale, measure
from recommender.experiments.scaling.report import plot, table
from recommender.management.measuring import needs_development

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


class Command(BaseCommand):
    help = (
        "Measure what the product costs by size: synthetic catalogues are written, imported, "
        "trained and asked for lists by its own commands. DATABASE_URL names an empty database "
        "for one size; without it each has a file of SQLite."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ITEMS")
        parser.add_argument("--people", type=int, default=200, help="asked for in lists")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--out", type=Path, default=None, help="folder of the results (var/scaling)"
        )
        parser.add_argument("--keep", action="store_true", help="leave databases and artifacts")

    def handle(
        self,
        *,
        sizes: Sequence[int],
        people: int,
        seed: int,
        out: Path | None,
        keep: bool,
        **options: Any,
    ) -> None:
        needs_development()
        for each in sizes:
            if each < 100:
                raise CommandError(f"--sizes {each}: a catalogue of fewer than 100 items")
        folder = out or Path(settings.VAR_DIR) / "scaling"
        folder.mkdir(parents=True, exist_ok=True)
        results = folder / "scaling.json"
        known = json.loads(results.read_text())["sizes"] if results.exists() else []
        rows = {row["items"]: row for row in known}
        for items in sorted(set(sizes)):
            own = folder / str(items)
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir()
            try:
                scale = Scale.of(items)
                rows[items] = measure(scale, own, seed=seed, people=people, say=self.stderr.write)
            except ChildFailed as error:
                raise CommandError(f"{items:,} items: {error}") from None
            finally:
                if not keep:
                    shutil.rmtree(own, ignore_errors=True)
            found = [rows[each] for each in sorted(rows)]
            stored = {"machine": describe_machine(), "sizes": found}
            results.write_text(json.dumps(stored, indent=1))
            (folder / "scaling.md").write_text(table(found))
            plot(found, folder / "scaling.svg")
        self.stdout.write(table([rows[each] for each in sorted(rows)]))
