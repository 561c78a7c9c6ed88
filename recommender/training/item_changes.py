"""Notes which items changed or went since the model read them.

The rows are written in the writer's transaction. The work on them follows after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.timezone import now

from catalog.models import Catalog, Item
from recommender.models import ModelVersion, RemovedItem
from recommender.training import run_queries


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
