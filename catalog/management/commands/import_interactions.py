"""Add the events of a file to a catalogue's log; docs/how-to/import.md lists the columns."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from catalog.ingestion import imports
from catalog.ingestion.imports import Report
from catalog.management.importing import ImportCommand
from catalog.models import Catalog
from catalog.validation.field_readers import BadField


class Command(ImportCommand):
    help = __doc__
    holds = "interactions"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--kind",
            metavar="KIND",
            help="of rows that name none (default: rate with a column of ratings, else take)",
        )
        parser.add_argument(
            "--create-items",
            action="store_true",
            help="unknown items become items without text",
        )
        parser.add_argument(
            "--map-kind",
            metavar="WORD=KIND",
            type=_pair,
            action="append",
            default=[],
            help="read a word of the column kind as a kind, for example buy=purchase; repeatable",
        )

    def import_file(self, catalog: Catalog, file: Path, **options: Any) -> Report:
        names = ("kind", "options", "preset", "create_items", "dry_run", "skip_bad", "progress")
        chosen = {name: options[name] for name in names}
        try:
            return imports.import_interactions(
                catalog=catalog, path=file, map_kind=dict(options["map_kind"]), **chosen
            )
        except BadField as error:
            raise CommandError(f"--kind or --map-kind: “{error.value}” {error.reason}") from None


def _pair(text: str) -> tuple[str, str]:
    word, equals, kind = text.rpartition("=")
    if not equals or not word or not kind:
        raise ArgumentTypeError(f"“{text}” must be WORD=KIND, for example buy=purchase")
    return word, kind
