"""Which running work has lost its process: the row's heartbeat does not move."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import sleep
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import now


def silent(rows: QuerySet[Any], *, after: timedelta, proof: float) -> dict[Any, datetime]:
    """The rows whose ``heartbeat_at`` is ``after`` away from now, and does not move meanwhile.

    Clocks jump, and those of two machines differ: a heartbeat may look old, or come from the
    future, while its process lives. So a row that looks silent is watched for ``proof`` seconds of
    a clock that never jumps.

    Returns:
        The heartbeat by pk.
    """
    moment = now()
    far = Q(heartbeat_at__lt=moment - after) | Q(heartbeat_at__gt=moment + after)
    suspects = dict(rows.filter(far).values_list("pk", "heartbeat_at"))
    if not suspects:
        return {}
    sleep(proof)
    again = rows.filter(pk__in=suspects).values_list("pk", "heartbeat_at")
    return {pk: heartbeat for pk, heartbeat in again if suspects[pk] == heartbeat}
