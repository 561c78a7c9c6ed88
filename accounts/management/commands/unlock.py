"""Forget the wrong passwords of an account, or of an address, so that it need not wait."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.login.slow_down import forget_failures


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", default="", metavar="EMAIL", help="the account")
        parser.add_argument("--address", default="", help="a network address")

    def handle(self, *, email: str, address: str, **options: Any) -> None:
        if not email and not address:
            raise CommandError("EMAIL or --address is needed.")
        rows = forget_failures(email=email, address=address)
        self.stdout.write(f"Forgotten: {rows} rows of wrong passwords.")
