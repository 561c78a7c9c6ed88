"""When workers and the scheduler were last seen."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One row for each of ``config.health.PROCESSES``, written every few seconds."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
