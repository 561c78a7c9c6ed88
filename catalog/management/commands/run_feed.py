"""Read a feed now, in this terminal; docs/how-to/import.md tells how feeds are set up."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.feeds import runs
from catalog.models import Feed, FeedRun
from config.errors import AppError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("catalog", metavar="CATALOG", help="the catalogue's address")
        parser.add_argument("name", metavar="NAME", help="the feed's name")
        parser.add_argument(
            "--confirm",
            action="store_true",
            help="go on with the run that waits: its missing items become unavailable",
        )

    def handle(self, *args: Any, catalog: str, name: str, confirm: bool, **options: Any) -> None:
        feeds = Feed.objects.filter(catalog__slug=catalog).select_related("catalog")
        feed = feeds.filter(name=name).first()
        if feed is None:
            known = ", ".join(feeds.values_list("name", flat=True)) or "none"
            raise CommandError(f"NAME: “{catalog}” has no feed “{name}”; its feeds: {known}.")
        try:
            run = runs.claim_run(run_id=self._run(feed, confirm).pk)
        except AppError as error:
            raise CommandError(str(error.message)) from None
        if run is None:
            raise CommandError("A worker has taken this run; the admin shows it.")
        self._report(runs.carry_out(run))

    def _run(self, feed: Feed, confirm: bool) -> FeedRun:
        if not confirm:
            return runs.request_run(feed=feed, trigger=FeedRun.Trigger.COMMAND, send=False)
        waiting = feed.runs.filter(state=FeedRun.State.WAITING).first()
        if waiting is None:
            raise CommandError("--confirm: no run of this feed waits for a confirmation.")
        return runs.confirm_run(run=waiting, send=False)

    def _report(self, run: FeedRun) -> None:
        for notice in run.notices:
            self.stderr.write(f"note: {notice}")
        for error in run.errors:
            where = f"line {error['row']}: {error['field']}"
            self.stderr.write(f"{where}: “{error['value']}” {error['reason']}")
        summary = (
            f"{run.rows:,} rows: {run.created:,} new, {run.updated:,} changed, {run.unchanged:,} "
            f"the same, {run.bad:,} bad; {run.missing:,} missing"
        )
        if run.state == FeedRun.State.SUCCEEDED:
            self.stdout.write(f"{summary}.")
            return
        advice = " Use --confirm." if run.state == FeedRun.State.WAITING else ""
        raise CommandError(f"{run.message or run.get_state_display()}{advice}")
