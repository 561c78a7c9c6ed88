"""Make an API key for a catalogue and print it; only its hash is kept, so it is shown this once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.api.keys import create_api_key
from catalog.models import ApiKey, Catalog
from config.errors import AppError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "catalog", metavar="CATALOG", help="the catalogue's address, for example shop"
        )
        parser.add_argument("name", metavar="NAME", help="what the key is for")
        parser.add_argument(
            "--scope",
            choices=ApiKey.Scope.values,
            default=ApiKey.Scope.WRITE.value,
            help="(default: write)",
        )

    def handle(self, *args: Any, catalog: str, name: str, scope: str, **options: Any) -> None:
        found = Catalog.objects.filter(slug=catalog).first()
        if found is None:
            raise CommandError(f"CATALOG: there is no catalogue “{catalog}”.")
        try:
            _key, secret = create_api_key(catalog=found, name=name, scope=scope)
        except AppError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(secret)
