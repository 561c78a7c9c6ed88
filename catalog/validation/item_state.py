"""Whether an event can be recorded for an item as it is now."""

from __future__ import annotations

from datetime import datetime

from catalog.models.event_kinds import NEGATIVE_KINDS


def may_be_done_now(*, available: bool, kind: str, created_at: datetime | None) -> bool:
    """An unavailable item can be disliked or appear in an old log, but not be taken now."""
    return available or kind in NEGATIVE_KINDS or created_at is not None
