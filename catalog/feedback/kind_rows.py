"""Holds a catalogue's kinds together: its ``EventKind`` rows, and the copy that requests read."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalog.models import Catalog, EventKind


@receiver(post_save, sender=Catalog)
def _make_rows(sender: Any, instance: Catalog, created: bool, raw: bool, **_rest: Any) -> None:
    """A new catalogue gets a row for each of its ``kind_rows``."""
    if created and not raw:
        EventKind.objects.bulk_create(
            EventKind(catalog=instance, position=position, **row)
            for position, row in enumerate(instance.kind_rows)
        )
    elif not raw:
        _copy(instance)


@receiver([post_save, post_delete], sender=EventKind)
def _follow(sender: Any, instance: EventKind, **_rest: Any) -> None:
    _copy(instance.catalog)


def _copy(catalog: Catalog) -> None:
    """Write what the rows say into the catalogue, unless it says so already."""
    rows = [kind.row for kind in EventKind.objects.filter(catalog_id=catalog.pk)]
    if rows and rows != catalog.kind_rows:
        catalog.kind_rows = rows
        Catalog.objects.filter(pk=catalog.pk).update(kind_rows=rows)
