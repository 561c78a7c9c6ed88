"""Periodic tasks of the catalogues: each calls one service."""

from __future__ import annotations

from celery import shared_task

from catalog.models import Catalog
from catalog.profiles import suspects


@shared_task
def mark_suspicious_profiles() -> int:
    return sum(suspects.mark_suspects(catalog=catalog) for catalog in Catalog.objects.all())
