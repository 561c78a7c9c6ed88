"""Writes a demo catalogue to the database: all or nothing, and only if it is not there."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from catalog.demo import community, courses, health, shop
from catalog.demo.dataset import DemoCatalog, DemoLog
from catalog.ingestion import bulk_writes
from catalog.ingestion.batches import MAX_ROWS
from catalog.interactions.fast_insert import EventRow, insert_events
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.profiles.suppression import suppressed_among

#: The demo's log has these event ids, so that it can be replaced without other events.
EVENT_PREFIX = "demo-"
#: The key in a catalogue's texts that stores the loaded version.
MARKER = "demo"
_PORTION = 20_000
Progress = Callable[[str, int, int], None]

BUILDERS: dict[str, Callable[[Path, np.random.Generator], DemoCatalog]] = {
    "shop": lambda data, _rng: shop.build(data),
    "courses": courses.build,
    "health": health.build,
    "community": community.build,
}


def load(
    slug: str, *, seed: int = 0, limit: int | None = None, progress: Progress = lambda *_: None
) -> bool:
    """Load a demo catalogue; False if the same version is there already.

    ``limit``: the most items to load, with their events. ``progress`` gets what is written, how
    much is done, and how much there is.
    """
    fingerprint = f"{_fingerprint()}-{seed}-{limit or 'all'}"
    present = Catalog.objects.filter(slug=slug).first()
    if present is not None and present.texts.get(MARKER) == {"fingerprint": fingerprint}:
        return False
    demo = _limited(BUILDERS[slug](settings.DEMO_DATA_DIR, np.random.default_rng(seed)), limit)
    with transaction.atomic():
        catalog = _write_catalog(demo, fingerprint)
        item_keys = _write_items(catalog, demo, progress)
        log = _without_erased(catalog, demo.log)
        profile_keys = _write_people(catalog, log.people)
        _write_log(catalog, log, item_keys, profile_keys, progress)
    return True


def _fingerprint() -> str:
    """A hash of the data and of the code that reads it."""
    digest = hashlib.sha256()
    data = Path(settings.DEMO_DATA_DIR)
    files = [*Path(__file__).parent.glob("*.py"), *data.rglob("*.gz"), *data.rglob("*.tsv")]
    for file in sorted(files, key=lambda path: path.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _limited(demo: DemoCatalog, limit: int | None) -> DemoCatalog:
    if limit is None:
        return demo
    few = _selected(demo.log, demo.log.item < limit)
    return DemoCatalog(demo.slug, demo.fields, demo.items[:limit], few)


def _selected(log: DemoLog, selected: np.ndarray) -> DemoLog:
    """The events where ``selected`` (n_events,) is True, and their people."""
    people, person = np.unique(log.person[selected], return_inverse=True)
    return DemoLog(
        [log.people[number] for number in people],
        person.astype(np.int32),
        log.item[selected],
        log.kind[selected],
        log.value[selected],
        log.time[selected],
    )


def _without_erased(catalog: Catalog, log: DemoLog) -> DemoLog:
    """The log without the people whose data were erased from this catalogue."""
    erased = suppressed_among(catalog, log.people)
    if not erased:
        return log
    stays = np.array([name not in erased for name in log.people])
    return _selected(log, stays[log.person])


def _write_catalog(demo: DemoCatalog, fingerprint: str) -> Catalog:
    catalog, created = Catalog.objects.get_or_create(slug=demo.slug, defaults=demo.fields)
    texts = demo.fields["texts"] if created else {**demo.fields["texts"], **catalog.texts}
    catalog.texts = {**texts, MARKER: {"fingerprint": fingerprint}}
    catalog.save(update_fields=["texts"])
    return catalog


def _write_items(catalog: Catalog, demo: DemoCatalog, progress: Progress) -> np.ndarray:
    """(n_items,) keys in the database."""
    rows = [asdict(item) for item in demo.items]
    for start in range(0, len(rows), MAX_ROWS):
        result = bulk_writes.upsert_items(catalog=catalog, rows=rows[start : start + MAX_ROWS])
        if result.errors:
            raise ValueError(f"{demo.slug}: {result.errors[0]}")
        progress("items", min(start + MAX_ROWS, len(rows)), len(rows))
    keys = dict(Item.objects.filter(catalog=catalog).values_list("external_id", "pk"))
    return np.array([keys[item.item_id] for item in demo.items])


def _write_people(catalog: Catalog, people: list[str]) -> np.ndarray:
    """(n_people,) keys in the database."""
    profiles = [Profile(catalog=catalog, external_id=name) for name in people]
    Profile.objects.bulk_create(profiles, ignore_conflicts=True)
    known = Profile.objects.filter(catalog=catalog, external_id__isnull=False)
    keys = dict(known.values_list("external_id", "pk"))
    return np.array([keys[name] for name in people])


def _write_log(
    catalog: Catalog,
    log: DemoLog,
    item_keys: np.ndarray,
    profile_keys: np.ndarray,
    progress: Progress,
) -> None:
    Interaction.objects.filter(catalog=catalog, event_id__startswith=EVENT_PREFIX).delete()
    for start in range(0, len(log), _PORTION):
        end = min(start + _PORTION, len(log))
        insert_events(_events(catalog, log, item_keys, profile_keys, start, end))
        progress("interactions", end, len(log))


def _events(
    catalog: Catalog,
    log: DemoLog,
    item_keys: np.ndarray,
    profile_keys: np.ndarray,
    start: int,
    end: int,
) -> Iterator[EventRow]:
    items, profiles = (
        item_keys[log.item[start:end]].tolist(),
        profile_keys[log.person[start:end]].tolist(),
    )
    kinds, values, times = (
        log.kind[start:end].tolist(),
        log.value[start:end].tolist(),
        log.time[start:end].tolist(),
    )
    rows = zip(profiles, items, kinds, values, times, strict=True)
    for number, (profile, item, kind, value, time) in enumerate(rows, start + 1):
        amount = None if math.isnan(value) else value
        moment = datetime.fromtimestamp(time, UTC)
        yield EventRow(profile, item, kind, amount, moment, f"{EVENT_PREFIX}{number}", catalog.pk)
