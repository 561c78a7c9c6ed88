"""Create or change a catalogue's items from a file; docs/how-to/import.md lists the columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.ingestion import imports
from catalog.ingestion.imports import Report
from catalog.management.importing import ImportCommand
from catalog.models import Catalog


class Command(ImportCommand):
    help = __doc__
    holds = "items"

    def import_file(self, catalog: Catalog, file: Path, **options: Any) -> Report:
        chosen = {
            name: options[name] for name in ("options", "preset", "dry_run", "skip_bad", "progress")
        }
        return imports.import_items(catalog=catalog, path=file, **chosen)
