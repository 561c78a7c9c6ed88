"""Measure one size: a synthetic catalogue goes through the product's own commands."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.experiments.children import Measured, run_measured

EVENTS_AN_ITEM, MOST_EVENTS = 50, 20_000_000
SLUG = "synthetic"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Scale:
    """``people``, ``events``: what a catalogue of so many items has."""

    items: int
    people: int
    events: int

    @classmethod
    def of(cls, items: int) -> Scale:
        """As many people as items, 2,000 at least; 50 events an item, 20 million at most."""
        return cls(items, max(2000, items), min(MOST_EVENTS, EVENTS_AN_ITEM * items))


def measure(scale: Scale, folder: Path, *, seed: int, people: int, say: Say) -> dict[str, Any]:
    """Write, import, train and ask for lists, each in a process of its own.

    Args:
        folder: of the database, the artifacts and the files. DATABASE_URL names a database of the
            caller's instead of SQLite; it must be empty.
        people: who are asked for in lists.

    Raises:
        ChildFailed: if a command fails.
    """
    environment = dict(os.environ) | {"VAR_DIR": str(folder / "var")}
    environment.setdefault("DATABASE_URL", f"sqlite:///{folder / 'longtail.sqlite3'}")

    def run(name: str, *arguments: object) -> Measured:
        say(f"{scale.items:,} items: {name}")
        words = [sys.executable, "manage.py", name, *map(str, arguments)]
        return run_measured(words, environment)

    numbers = ("--items", scale.items, "--people", scale.people, "--events", scale.events)
    written = run("synthesize", folder, *numbers, "--seed", seed, "-v", 0)
    run("migrate", "-v", 0)
    run("create_catalog", SLUG)
    items = run("import_items", SLUG, folder / "items.csv", "-v", 0)
    events = run("import_interactions", SLUG, folder / "interactions.csv", "-v", 0)
    training = run("train", SLUG, "--seed", seed, "-v", 0)
    lists = json.loads(run("measure_lists", SLUG, "--people", people, "--json").output)
    return {
        "items": scale.items,
        "people": scale.people,
        "events": scale.events,
        "writing": costs(written),
        "importing_items": costs(items) | _rate(items, scale.items),
        "importing_events": costs(events) | _rate(events, scale.events),
        "training": costs(training) | lists["version"],
        "lists": lists["lists"],
        "private_mib": lists["private_mib"],
        "database": lists["database"],
    }


def costs(measured: Measured) -> dict[str, Any]:
    """Seconds, and MiB of the processes together."""
    return {
        "wall_s": round(measured.wall, 1),
        "cpu_s": round(measured.cpu, 1),
        "peak_mib": measured.peak,
    }


def _rate(measured: Measured, rows: int) -> dict[str, Any]:
    """Rows a second of what the importer itself says, without the start of the process."""
    said = re.search(r"rows in ([\d.]+) s", measured.output)
    return {"rows_a_second": round(rows / float(said.group(1)))} if said else {}
