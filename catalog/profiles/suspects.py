"""Marks profiles that act like programs, and lifts the marks."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Any

import numpy as np
from django.utils import timezone

from catalog.models import Catalog, Interaction, Profile, SuspectProfile
from catalog.popularity import curve
from catalog.profiles.suspect_detection import Acts, signs

CHUNK = 10_000


def mark_suspects(*, catalog: Catalog) -> int:
    """Mark the profiles whose acts show it; profiles with a lifted mark stay unmarked.

    Reads the whole log: 0.4 million acts take about two seconds.

    Returns:
        The number of new marks.
    """
    found = signs(_acts(catalog))
    known = set(
        SuspectProfile.objects.filter(profile__catalog=catalog).values_list("profile_id", flat=True)
    )
    new = [
        SuspectProfile(profile_id=profile, reason=sign.reason, evidence=sign.evidence)
        for profile, sign in sorted(found.items())
        if profile not in known
    ]
    SuspectProfile.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        curve.cache.pop(catalog.pk, None)
    return len(new)


def mark_agent(*, profile: Profile, agent: str) -> None:
    """Mark a profile that a program's browser made."""
    SuspectProfile.objects.get_or_create(
        profile=profile,
        defaults={"reason": SuspectProfile.Reason.AGENT, "evidence": {"agent": agent[:200]}},
    )


def lift(*, marks: Collection[SuspectProfile], user: Any) -> int:
    """Count these profiles again, for good."""
    return _set(marks, lifted_at=timezone.now(), lifted_by=user)


def mark_again(*, marks: Collection[SuspectProfile]) -> int:
    return _set(marks, lifted_at=None, lifted_by=None)


def _set(marks: Collection[SuspectProfile], **state: Any) -> int:
    rows = SuspectProfile.objects.filter(pk__in=[mark.pk for mark in marks])
    for pk in set(rows.order_by().values_list("profile__catalog_id", flat=True)):
        curve.cache.pop(pk, None)
    return rows.update(**state)


def _acts(catalog: Catalog) -> Acts:
    rows = Interaction.objects.filter(catalog=catalog).order_by()
    stream = rows.values_list("profile_id", "item_id", "created_at").iterator(CHUNK)
    chunks: list[list[tuple[int, int, int]]] = [[]]
    while chunk := list(islice(stream, CHUNK)):
        chunks.append([(who, what, int(when.timestamp())) for who, what, when in chunk])
    table = np.array([row for chunk in chunks for row in chunk], dtype=np.int64).reshape(-1, 3)
    return Acts(table[:, 0], table[:, 1], table[:, 2])
