"""Marks model versions whose artifact cannot be read, until it can be read again."""

from __future__ import annotations

from recommender.models import ModelVersion


def mark_damaged(*, version: ModelVersion, damage: str) -> bool:
    """Note why a version cannot be read. True the first time."""
    changed = (
        ModelVersion.objects.filter(pk=version.pk).exclude(damage=damage).update(damage=damage)
    )
    version.damage = damage
    return bool(changed)


def mark_intact(*, version: ModelVersion) -> bool:
    """The artifact reads well. True if the version was marked as damaged."""
    changed = ModelVersion.objects.filter(pk=version.pk).exclude(damage="").update(damage="")
    version.damage = ""
    return bool(changed)
