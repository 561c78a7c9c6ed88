"""Adds words of an external language model to items with short texts, for the next training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, Length

from catalog.item_queries import with_categories
from catalog.models import Catalog, Item
from catalog.models.event_kinds import kinds_of
from catalog.signals import items_changed
from recommender.llm.enrichment import Sketch, enriched
from recommender.llm.language_model import LanguageModel
from recommender.models import ItemEnrichment

ENOUGH = 200
"""Characters. A longer description needs no enrichment."""


@dataclass
class Enriched:
    """``unusable``: answers without new words. ``unanswered``: 1 if the model stopped answering."""

    written: int = 0
    unusable: int = 0
    unanswered: int = 0


def enrich_items(
    *,
    catalog: Catalog,
    model: LanguageModel,
    limit: int,
    progress: Callable[[int], None] = lambda done: None,
) -> Enriched:
    """Ask about available items with short texts that are new or changed, least known first.

    Stops when the model stops answering. The next call continues there.
    """
    result = Enriched()
    for done, item in enumerate(_waiting(catalog, limit), start=1):
        text = enriched(model, _sketch(item))
        if text is None:
            result.unanswered = 1
            break
        _store(item, text, model.name)
        result.written += bool(text)
        result.unusable += not text
        progress(done)
    return result


def _waiting(catalog: Catalog, limit: int) -> Iterator[Item]:
    chosen = Count(
        "interactions__profile",
        filter=Q(interactions__kind__in=kinds_of(catalog).chosen),
        distinct=True,
    )
    short = (
        catalog.items.filter(available=True)
        .annotate(length=Length("description"))
        .filter(length__lt=ENOUGH)
    )
    known = short.exclude(title="").annotate(
        people=chosen, source=Coalesce(F("enrichment__source"), Value(""))
    )
    left = limit
    item: Any  # with what the query adds to it
    for item in with_categories(known.order_by("people", "pk")):
        if left <= 0:
            return
        if item.source != _fingerprint(item):
            left -= 1
            yield item


def _sketch(item: Item) -> Sketch:
    language = item.language or item.catalog.language
    return Sketch(
        item.title,
        item.description,
        tuple(item.category_names),
        "zh-hans" if language.startswith("zh") else "en",
    )


def _store(item: Item, text: str, model: str) -> None:
    fields = {"text": text, "model": model, "source": _fingerprint(item)}
    with transaction.atomic():
        ItemEnrichment.objects.update_or_create(item=item, defaults=fields)
        items_changed.send(Item, catalog=item.catalog, item_ids=[item.pk])


def _fingerprint(item: Item) -> str:
    """Of everything that the model reads."""
    return hashlib.sha256(repr(_sketch(item)).encode()).hexdigest()
