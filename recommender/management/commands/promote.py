"""Makes a chosen version live."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import AppError
from recommender.management.lookup import find_catalog, find_version
from recommender.training import versions


class Command(BaseCommand):
    help = "Make a version of a catalogue's model live, or go back to the former one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address, as in /c/…/")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("version", type=int, nargs="?", help="its number")
        which.add_argument("--back", action="store_true", help="the version that was live before")

    def handle(self, *, catalog: str, version: int | None, back: bool, **options: Any) -> None:
        found = find_catalog(catalog)
        try:
            if version is None:
                promoted = versions.roll_back(catalog=found)
            else:
                promoted = versions.promote(version=find_version(found, version))
        except AppError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{promoted} is live.")
