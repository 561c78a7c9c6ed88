"""Add your own item vectors from a file; docs/how-to/encoders.md lists the columns."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from catalog.ingestion import imports
from catalog.ingestion.imports import Report
from catalog.management.importing import ImportCommand
from catalog.models import Catalog
from catalog.validation.field_readers import BadField


class Command(ImportCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--name", default="picture", help="of rows that give none (default: picture)"
        )

    def import_file(self, catalog: Catalog, file: Path, **options: Any) -> Report:
        names = ("name", "options", "dry_run", "skip_bad", "progress")
        chosen = {name: options[name] for name in names}
        try:
            return imports.import_vectors(catalog=catalog, path=file, **chosen)
        except BadField as error:
            raise CommandError(f"--name: “{error.value}” {error.reason}") from None
