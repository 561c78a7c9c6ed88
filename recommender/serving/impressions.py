"""Which items were shown to whom, at which position, by which version."""

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

Places = Sequence[tuple[int, Sequence[str]]]


def record_impressions(
    *, profile: Profile, version: ModelVersion | None, surface: str, places: Places
) -> int:
    """Write what was shown, best first. ``places``: item pk and the sources that brought it."""
    return record_lists(profile=profile, version=version, lists={surface: places})


def record_lists(
    *, profile: Profile, version: ModelVersion | None, lists: Mapping[str, Places], first: int = 1
) -> int:
    """Write what the lists of a page showed, by surface, in one insert; nothing of who wants no profile or is gone.

    ``first``: the position of their first places.
    """
    if not profile.personal:
        return 0
    shown = [
        Impression(
            profile_id=profile.pk,  # keys alone: a page writes a hundred rows
            item_id=item_id,
            version_id=version.pk if version else None,
            surface=surface,
            position=position,
            sources=list(sources),
        )
        for surface, places in lists.items()
        for position, (item_id, sources) in enumerate(places, start=first)
    ]
    try:
        return len(Impression.objects.bulk_create(shown))
    except IntegrityError:
        return 0


def forget_old_impressions() -> int:
    """Drop what was shown longer ago than it is kept; how many rows went."""
    before = now() - timedelta(days=settings.IMPRESSION_RETENTION_DAYS)
    return Impression.objects.filter(created_at__lt=before).delete()[0]


@receiver(profiles_merged)
def move_impressions(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Keep what a person was shown when an anonymous visit becomes part of an account."""
    Impression.objects.filter(profile=source).update(profile=target)
