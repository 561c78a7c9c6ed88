"""Shared by the import commands: arguments, progress, and the report."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from catalog.ingestion.imports import Report
from catalog.ingestion.mapping_presets import presets_of
from catalog.management.reading_options import (
    add_columns_option,
    add_reading_options,
    reading_options,
)
from catalog.models import Catalog
from config.errors import AppError


class ImportCommand(BaseCommand):
    """``holds``: what its files hold; there are presets for items and for interactions."""

    holds = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "catalog", metavar="CATALOG", help="the catalogue's address, for example shop"
        )
        parser.add_argument(
            "file",
            metavar="FILE",
            type=Path,
            help="CSV, TSV, JSON lines, a JSON array (all also with .gz) or Excel (.xlsx)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="check every row and change nothing"
        )
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help="import the good rows although there are bad ones",
        )
        if self.holds:
            parser.add_argument(
                "--preset",
                choices=[preset.name for preset in presets_of(self.holds)],
                default="",
                help="the program that wrote the file",
            )
        add_reading_options(parser)
        add_columns_option(parser)

    def handle(self, *args: Any, catalog: str, file: Path, dry_run: bool, **options: Any) -> None:
        found = Catalog.objects.filter(slug=catalog).first()
        if found is None:
            raise CommandError(f"CATALOG: there is no catalogue “{catalog}”.")
        started = time.monotonic()
        skip_bad, options["options"] = options["skip_bad"], reading_options(options)
        try:
            report = self._run(found, file, dry_run, options)
        except AppError as error:
            raise CommandError(str(error)) from None
        self._print_report(report, dry_run, skip_bad, time.monotonic() - started)

    def import_file(self, catalog: Catalog, file: Path, **options: Any) -> Report:
        raise NotImplementedError

    def _run(self, catalog: Catalog, file: Path, dry_run: bool, options: dict[str, Any]) -> Report:
        size = file.stat().st_size if file.exists() else 0
        quiet = options["verbosity"] == 0
        interval = 0.5 if sys.stderr.isatty() else 10
        with tqdm(
            total=size, unit="B", unit_scale=True, disable=quiet, mininterval=interval, leave=False
        ) as bar:

            def show(report: Report) -> None:
                stage = "written" if report.written else "checked"
                bar.set_description(
                    f"{report.rows:,} rows {stage}, {report.bad:,} bad", refresh=False
                )
                bar.update(report.bytes_read - bar.n)

            return self.import_file(catalog, file, dry_run=dry_run, progress=show, **options)

    def _print_report(self, report: Report, dry_run: bool, skip_bad: bool, seconds: float) -> None:
        for notice in report.notices:
            self.stderr.write(f"note: {notice}")
        for error in report.errors:
            self.stderr.write(f"line {error.row}: {error.field}: “{error.value}” {error.reason}")
        if report.bad > len(report.errors):
            self.stderr.write(f"… and {report.bad - len(report.errors):,} more bad lines")
        for row in report.left_out:
            self.stderr.write(f"line {row.row}: {row.field}: “{row.value}” {row.reason} (left out)")
        good = (
            f"{report.created:,} new, {report.updated:,} changed, "
            f"{report.unchanged + report.repeated:,} there already"
        )
        summary = f"{report.rows:,} rows in {seconds:.1f} s: {good}, {report.bad:,} bad"
        if report.suppressed:
            summary += f", {report.suppressed:,} of erased people left out"
        if report.items_created:
            summary += f", {report.items_created:,} items created without text"
        if dry_run and report.bad and not skip_bad:
            raise CommandError(f"{summary}. Nothing was changed (--dry-run).")
        if dry_run:
            self.stdout.write(f"{summary}. Nothing was changed (--dry-run).")
        elif report.written and report.bad and not skip_bad:
            raise CommandError(
                f"{summary}. The catalogue changed after the check: from line "
                f"{report.stopped_at:,} on nothing was written. Import the file again."
            )
        elif report.written:
            self.stdout.write(f"{summary}.")
        else:
            raise CommandError(f"{summary}. Nothing was changed; --skip-bad imports the good rows.")
