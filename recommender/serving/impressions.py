"""Records which items were shown to whom, at which position, by which version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
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
    version_id = version.pk if version else None
    moment = connection.ops.adapt_datetimefield_value(now())
    json = connection.ops.adapt_json_value
    rows = [
        (profile.pk, item_id, version_id, surface, position, json(list(sources), None), moment)
        for surface, shown in lists.items()
        for position, (item_id, sources) in enumerate(shown, start=first)
    ]
    try:
        _insert(rows)
    except IntegrityError:
        return 0
    return len(rows)


_COLUMNS = ["profile_id", "item_id", "version_id", "surface", "position", "sources", "created_at"]


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows by one statement, or by a few on SQLite, which limits its parameters.

    ``bulk_create`` takes three times as long, for model instances and a transaction of its own.
    """
    table = connection.ops.quote_name(Impression._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, _COLUMNS))
    marks = f"({', '.join(['%s'] * len(_COLUMNS))})"
    most = (connection.features.max_query_params or 10_000) // len(_COLUMNS)
    with connection.cursor() as cursor:
        for few in (rows[start : start + most] for start in range(0, len(rows), most)):
            sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(few))}"  # noqa: S608 (no values)
            cursor.execute(sql, [cell for row in few for cell in row])


def forget_old_impressions() -> int:
    """Delete impressions that are older than their retention time; returns how many."""
    before = now() - timedelta(days=settings.IMPRESSION_RETENTION_DAYS)
    return Impression.objects.filter(created_at__lt=before).delete()[0]


@receiver(profiles_merged)
def move_impressions(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Move the impressions of an anonymous visit to the account that it becomes part of."""
    Impression.objects.filter(profile=source).update(profile=target)
