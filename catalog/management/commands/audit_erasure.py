"""Look everywhere for people who were erased: tables, sessions, Redis, artifacts, files, logs.

Exit code 0: nothing found; 1: something found; 2: nothing found, but a place could not be read.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Catalog
from catalog.privacy.audit import traces
from catalog.privacy.audit.audit import audit
from catalog.privacy.audit.traces import Trace
from catalog.profiles.suppression import find


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", metavar="CATALOG", help="the catalogue's slug")
        parser.add_argument("ids", nargs="*", metavar="ID", help="external ids of erased people")
        parser.add_argument(
            "--digest",
            action="append",
            default=[],
            metavar="HASH",
            help="a hash of the list of erased ids, where the id itself is not known (slow)",
        )
        parser.add_argument(
            "--account",
            action="append",
            default=[],
            metavar="EMAIL",
            help="the address of an erased account",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, catalog: str, ids: list[str], **options: Any) -> None:
        found = Catalog.objects.filter(slug=catalog).first()
        if found is None:
            raise CommandError(f"CATALOG: there is no catalogue {catalog!r}.")
        wanted = self._traces(found, ids, options["digest"], options["account"])
        as_json = options["json"]
        report = audit(wanted, say=lambda text: self._say(f"Looking at {text} …", as_json))
        if as_json:
            people = {"people": [trace.label for trace in wanted]}
            self.stdout.write(json.dumps(people | report.as_dict(), ensure_ascii=False, indent=1))
        else:
            for line in report.as_text():
                self.stdout.write(line)
            self._say_what_is_known(found, ids)
            self.stdout.write(
                f"Found in {len(report.found)} places; not read: {len(report.unseen)}."
            )
        if report.found or report.unseen:
            sys.exit(1 if report.found else 2)

    def _traces(
        self, catalog: Catalog, ids: list[str], digests: list[str], emails: list[str]
    ) -> list[Trace]:
        for digest in digests:
            if not re.fullmatch(r"[0-9a-f]{64}", digest):
                raise CommandError(f"--digest: {digest!r} is not 64 hexadecimal digits.")
        wanted = [traces.of_id(each) for each in ids]
        wanted += [traces.of_digest(catalog, each) for each in digests]
        wanted += [traces.of_address(each) for each in emails]
        if not wanted or any(not each.label.strip() for each in wanted):
            raise CommandError("Give an ID, a --digest or an --account that is not empty.")
        return wanted

    def _say_what_is_known(self, catalog: Catalog, ids: list[str]) -> None:
        for each in ids:
            row = find(catalog=catalog, external_id=each).first()
            known = f"erased {row.created_at:%Y-%m-%d}" if row else "not on the list of erased ids"
            weak = traces.of_id(each).is_weak
            short = " (short: in files, only “possible” can be said)" if weak else ""
            self.stdout.write(f"{each}: {known}{short}")

    def _say(self, text: str, as_json: bool) -> None:
        (self.stderr if as_json else self.stdout).write(text)
