"""Proves that erased people are nowhere: looks into everything that Longtail writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.db import connection

from catalog.privacy.audit.caches import look_in_caches
from catalog.privacy.audit.files import look_in_files
from catalog.privacy.audit.report import Looked, Report
from catalog.privacy.audit.tables import look_for_lost_rows, look_in_sessions, look_in_tables
from catalog.privacy.audit.traces import Trace


def audit(traces: Sequence[Trace], say: Callable[[str], None] = lambda text: None) -> Report:
    """Look everywhere. ``say`` is told what comes next."""
    report = Report()
    say("tables")
    report.add(look_in_tables(traces))
    report.add([look_in_sessions(traces)])
    say("references")
    report.add(look_for_lost_rows())
    say("Redis")
    report.add([look_in_caches(traces)])
    say("files")
    report.add(look_in_files(traces))
    report.add(_outside())
    return report


def _outside() -> Iterator[Looked]:
    """What no command of this site can look into, and what holds there."""
    said = {
        "backups": "a backup from before the erasure holds the person: erase again after a restore",
        "logs of proxy and system": "outside VAR_DIR: until you rotate them",
        "models": "hold sums about items; those trained before leave with the next trainings",
    }
    if connection.vendor == "postgresql":
        said["deleted rows on the disk"] = "until PostgreSQL’s autovacuum has overwritten them"
    for place, note in said.items():
        yield Looked("outside", place, note=note)
    days = settings.SIGN_IN_RETENTION_DAYS
    note = f"network addresses without an account stay {days} days (SIGN_IN_RETENTION_DAYS)"
    yield Looked("outside", "sign-in attempts", note=note)
