"""Whether an event can be recorded for an item as it is now."""

from __future__ import annotations

from datetime import datetime

from catalog.models.event_kinds import Kinds


def may_be_done_now(
    *, available: bool, kind: str, created_at: datetime | None, kinds: Kinds
) -> bool:
    """An unavailable item can be disliked or given back, but not be taken now.

    It may appear in an old log.
    """
    row = kinds[kind]
    return available or row.is_negative or bool(row.cancels) or created_at is not None
