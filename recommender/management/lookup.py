"""Finds what commands are given by name."""

from __future__ import annotations

from django.core.management.base import CommandError

from catalog.models import Catalog
from recommender.models import ModelVersion
from recommender.training import run_queries


def find_catalog(slug: str) -> Catalog:
    if found := Catalog.objects.filter(slug=slug).first():
        return found
    known = ", ".join(Catalog.objects.values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"catalog: {slug!r} does not exist. There are: {known}.")


def find_version(catalog: Catalog, number: int) -> ModelVersion:
    if found := run_queries.versions(catalog).filter(number=number).first():
        return found
    known = (
        ", ".join(
            str(each) for each in run_queries.versions(catalog).values_list("number", flat=True)
        )
        or "none yet"
    )
    raise CommandError(f"version: {number} does not exist in {catalog.slug}. There are: {known}.")
