"""Notes which items changed or went since the model read them.

The rows are written in the writer's transaction. The work on them follows after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.timezone import now

from catalog.item_states import ItemState, State
from catalog.models import Catalog, Item
from catalog.signals import items_changed
from recommender.models import ItemEncoding, ModelVersion, RemovedItem
from recommender.training import queue, run_queries

TOGETHER_SECONDS = 1.0
"""Changes within this time are one task: it begins when the time is over."""

CHUNK = 1000


@receiver(items_changed)
def note_changed(catalog: Catalog, item_ids: Collection[int], **_signal: Any) -> None:
    """Have new and edited items read by a worker; the next training reads all of them anyway.

    Nothing is noted before the first training is asked for.
    """
    pks = list(item_ids)
    if not pks or not catalog.training_runs.exists():
        return
    for start in range(0, len(pks), CHUNK):
        ItemEncoding.objects.bulk_create(
            [ItemEncoding(catalog=catalog, item_id=pk) for pk in pks[start : start + CHUNK]],
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["state", "reason", "attempts", "next_try_at", "changed_at"],
        )
    transaction.on_commit(lambda: send(catalog.pk), robust=True)


@receiver(post_save, sender=Item)
def note_saved(instance: Item, raw: bool = False, **_signal: Any) -> None:
    """An item that the admin saved, for example. Bulk writes send ``items_changed`` themselves."""
    if not raw:  # a fixture brings its own rows
        note_changed(instance.catalog, [instance.pk])


def send(catalog_id: int) -> None:
    """Send one task for all changes of the next moment. The sweep finds what is not sent."""
    if cache.add(f"encode-items:{catalog_id}", True, TOGETHER_SECONDS):
        queue.enqueue_encoding(catalog_id, countdown=TOGETHER_SECONDS)


@receiver(post_delete, sender=Item)
def note_removed(instance: Item, origin: Model | QuerySet | None = None, **_signal: Any) -> None:
    """Lists leave out a deleted item that a model still holds.

    Nothing is noted if the whole catalogue goes.
    """
    if not _is_of(origin, Catalog):
        RemovedItem.objects.create(catalog_id=instance.catalog_id, item_pk=instance.pk)


def forget_removed() -> int:
    """Delete the notes that no version needs. Returns how many."""
    deleted = 0
    for catalog in Catalog.objects.filter(removed_items__isnull=False).distinct():
        rows = RemovedItem.objects.filter(catalog=catalog)
        oldest = oldest_reading(catalog)
        deleted += (rows.filter(removed_at__lt=oldest) if oldest else rows).delete()[0]
    return deleted


def listing_state(item: Item) -> ItemState | None:
    """What keeps a new or edited item out of the live version's lists; None: nothing does."""
    row = ItemEncoding.objects.filter(item=item).exclude(state=ItemEncoding.State.READY).first()
    live = None if row is None else run_queries.live_version(item.catalog)
    if row is None or (live is not None and row.changed_at < run_queries.trained_from(live)):
        return None
    if row.state == ItemEncoding.State.WAITING:
        return ItemState(State.WAITING)
    return ItemState(State.FAILED, row.reason)


def oldest_reading(catalog: Catalog) -> datetime | None:
    """When the oldest version that can still serve began to read; now if none can but one is
    being trained; None without either.
    """
    versions: Iterable[ModelVersion] = run_queries.versions(catalog).filter(damage="")
    read = [run_queries.trained_from(version) for version in versions]
    running = run_queries.open_run(catalog)
    if running is not None:
        read.append(running.started_at or now())
    return min(read, default=None)


def _is_of(origin: Model | QuerySet | None, model: type[Model]) -> bool:
    return isinstance(origin, model) or getattr(origin, "model", None) is model
