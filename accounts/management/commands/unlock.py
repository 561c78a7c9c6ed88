"""Forget the wrong passwords of an account, or of an address, so that it need not wait.

With --second-factor, also remove the account's two-step verification: for who lost the phone and
the recovery codes.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from accounts.login.slow_down import forget_failures
from accounts.models import User


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", default="", metavar="EMAIL", help="the account")
        parser.add_argument(
            "--second-factor",
            action="store_true",
            help="remove the account's two-step verification and recovery codes",
        )
        parser.add_argument("--address", default="", help="a network address")

    def handle(self, *, email: str, address: str, second_factor: bool, **options: Any) -> None:
        if not email and not address:
            raise CommandError("EMAIL or --address is needed.")
        if second_factor:
            self._remove_second_factor(email)
        rows = forget_failures(email=email, address=address)
        self.stdout.write(f"Forgotten: {rows} rows of wrong passwords.")

    def _remove_second_factor(self, email: str) -> None:
        account = User.objects.filter(email__iexact=email).first() if email else None
        if account is None:
            raise CommandError(f"EMAIL: there is no account {email!r}.")
        rows = Authenticator.objects.filter(user=account).delete()[0]
        self.stdout.write(f"Removed: {rows} rows of two-step verification.")
