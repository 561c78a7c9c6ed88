"""Records which items were shown to whom, at which position, by which version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.dispatch import receiver
from django.utils.timezone import now

from catalog.models import Profile
from catalog.signals import profiles_merged
from recommender.models import Impression, ModelVersion

Shown = Sequence[tuple[int, Sequence[str]]]


def record_impressions(
    *, profile: Profile, version: ModelVersion | None, surface: str, shown: Shown
) -> int:
    """Write one list, best first; returns how many rows. ``shown``: pk and sources of each item."""
    return record_lists(profile=profile, version=version, lists={surface: shown})


def record_lists(
    *, profile: Profile, version: ModelVersion | None, lists: Mapping[str, Shown], first: int = 1
) -> int:
    """Write the lists of a page, by surface, in one insert; returns how many rows.

    Nothing is written if personal lists are off or the profile was deleted. ``first``: the position
    of each list's first item.
    """
    if not profile.personal:
        return 0
    rows = [
        Impression(
            profile_id=profile.pk,  # keys alone: a page writes a hundred rows
            item_id=item_id,
            version_id=version.pk if version else None,
            surface=surface,
            position=position,
            sources=list(sources),
        )
        for surface, shown in lists.items()
        for position, (item_id, sources) in enumerate(shown, start=first)
    ]
    try:
        return len(Impression.objects.bulk_create(rows))
    except IntegrityError:
        return 0


def forget_old_impressions() -> int:
    """Delete impressions that are older than their retention time; returns how many."""
    before = now() - timedelta(days=settings.IMPRESSION_RETENTION_DAYS)
    return Impression.objects.filter(created_at__lt=before).delete()[0]


@receiver(profiles_merged)
def move_impressions(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Move the impressions of an anonymous visit to the account that it becomes part of."""
    Impression.objects.filter(profile=source).update(profile=target)
