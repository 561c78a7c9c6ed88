"""Add the events of a file to a catalogue's log; docs/how-to/import.md lists the columns."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from catalog.ingestion import imports
from catalog.ingestion.imports import Report
from catalog.management.importing import ImportCommand
from catalog.models import Catalog
from catalog.models.event_kinds import Kind


class Command(ImportCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--kind",
            choices=Kind.values,
            help="of rows that name none (default: rate with a column of ratings, else take)",
        )
        parser.add_argument(
            "--create-items",
            action="store_true",
            help="unknown items become items without text",
        )

    def import_file(self, catalog: Catalog, file: Path, **options: Any) -> Report:
        names = ("kind", "options", "create_items", "dry_run", "skip_bad", "progress")
        chosen = {name: options[name] for name in names}
        return imports.import_interactions(catalog=catalog, path=file, **chosen)
