"""Create an empty catalogue; items and interactions are imported into it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.ingestion.catalogs import create_catalog
from catalog.models import Catalog
from config.errors import AppError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", metavar="SLUG", help="the catalogue's address: letters, digits, hyphens"
        )
        parser.add_argument("--name", help="what people read (default: the address)")
        parser.add_argument(
            "--domain",
            choices=Catalog.Domain.values,
            default=Catalog.Domain.SHOP.value,
            help="the words that pages use (default: shop)",
        )
        parser.add_argument(
            "--language",
            choices=Catalog.Language.values,
            default=Catalog.Language.ENGLISH.value,
            help="the language of most items (default: en)",
        )
        parser.add_argument(
            "--currency", default="", help="of prices without one (ISO 4217), such as EUR"
        )
        parser.add_argument(
            "--provider-is-user",
            action="store_true",
            help="what a person supplies is not recommended to them",
        )
        parser.add_argument("--private", action="store_true", help="for staff and API keys only")

    def handle(
        self,
        *args: Any,
        slug: str,
        name: str | None,
        domain: str,
        language: str,
        currency: str,
        provider_is_user: bool,
        private: bool,
        **options: Any,
    ) -> None:
        try:
            catalog = create_catalog(
                slug=slug,
                name=name or slug,
                domain=domain,
                language=language,
                currency=currency.upper(),
                provider_is_user=provider_is_user,
                is_public=not private,
            )
        except AppError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{catalog.name} is at {catalog.get_absolute_url()}")
