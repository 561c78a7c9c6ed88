"""Marks model versions whose artifact cannot be read."""

from __future__ import annotations

from recommender.models import ModelVersion


def mark_damaged(*, version: ModelVersion, damage: str) -> bool:
    """Note why a version cannot be read. True the first time."""
    changed = (
        ModelVersion.objects.filter(pk=version.pk).exclude(damage=damage).update(damage=damage)
    )
    version.damage = damage
    return bool(changed)
