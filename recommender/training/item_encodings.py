"""Reads new and edited items for the serving processes: words, and the text encoder's vector.

A worker does it, so no web process loads an encoder for it. The model's artifact does not change.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Catalog, Item, ItemCategory
from recommender.engine.data.dataset import Items
from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import FloatArray
from recommender.engine.text.encoders import TextEncoder, encode_items, item_texts
from recommender.engine.text.tfidf import word_counts
from recommender.models import ItemEncoding
from recommender.models.changes import MOST_CHANGES
from recommender.training import encoders, item_changes, queue, run_queries

logger = logging.getLogger(__name__)

State = ItemEncoding.State

BATCH = 256
BATCHES = 20
"""A task takes so many batches, then sends the next one, so that other work has its turn."""

LEASE = timedelta(minutes=2)
"""Another task leaves a batch alone for this time."""

FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)


def encode_waiting(catalog_id: int) -> int:
    """Encode the catalogue's waiting items, the newest first. Returns how many were tried."""
    tried = 0
    for _batch in range(BATCHES):
        rows = _claimed(catalog_id)
        if not rows:
            return tried
        _encode(rows)
        tried += len(rows)
    queue.enqueue_encoding(catalog_id)
    return tried


def send_waiting() -> int:
    """Send a task for every catalogue with items to encode. Returns how many."""
    to_do = _to_do(ItemEncoding.objects.all()).order_by().values_list("catalog_id", flat=True)
    catalogs = list(to_do.distinct())
    for catalog_id in catalogs:
        item_changes.send(catalog_id)
    return len(catalogs)


def forget_old() -> int:
    """Delete the rows of items that every version that can serve has read."""
    deleted = 0
    for catalog in Catalog.objects.filter(item_encodings__isnull=False).distinct():
        rows = ItemEncoding.objects.filter(catalog=catalog)
        oldest = item_changes.oldest_reading(catalog)
        deleted += (rows.filter(changed_at__lt=oldest) if oldest else rows).delete()[0]
    return deleted


def _to_do(rows: QuerySet[ItemEncoding]) -> QuerySet[ItemEncoding]:
    due = Q(next_try_at__lte=now()) | Q(next_try_at__gt=now() + LONGEST_REST)
    return rows.filter(due, state__in=[State.WAITING, State.FAILED])


def _claimed(catalog_id: int) -> list[ItemEncoding]:
    """The next batch. Other tasks leave it alone until the lease is over."""
    newest = ItemEncoding.objects.filter(catalog_id=catalog_id).order_by("-changed_at", "-item_id")
    last = newest.values_list("changed_at", flat=True)[MOST_CHANGES : MOST_CHANGES + 1]
    rows = _to_do(newest)
    for edge in last:
        rows = rows.filter(changed_at__gt=edge)
    found = list(rows[:BATCH])
    ItemEncoding.objects.filter(pk__in=[row.pk for row in found]).update(next_try_at=now() + LEASE)
    return found


def _encode(rows: Sequence[ItemEncoding]) -> None:
    """Encode a batch; if one item fails, each by itself."""
    try:
        _write(rows, *_read(rows))
    except EncoderError as error:
        _fail(rows, error)
    except Exception as error:
        logger.exception("items could not be encoded")
        if len(rows) == 1:
            _fail(rows, error)
        else:
            for row in rows:
                _encode([row])


def _read(rows: Sequence[ItemEncoding]) -> tuple[str, Items, FloatArray]:
    """The encoder's fingerprint, the items, and (n, d) vectors; d = 0 without an encoder."""
    items, encoder = read_items([row.item_id for row in rows]), encoders.item_encoder()
    if encoder is None:
        return encoders.WORDS, items, np.zeros((len(items), 0), dtype=np.float32)
    return encoder.fingerprint, items, _vectors(items, encoder)


def _vectors(items: Items, encoder: TextEncoder) -> FloatArray:
    vectors = encode_items(items, encoder)
    if not np.isfinite(vectors).all():
        raise EncoderError(_("The text encoder gave numbers that are not finite."))
    return vectors


def read_items(pks: Sequence[int]) -> Items:
    """The texts of these items, as trainings read them; empty for items that are no more."""
    columns = ("pk", "title", "description", "provider", "enrichment__text")
    found = {row[0]: row[1:] for row in Item.objects.filter(pk__in=pks).values_list(*columns)}
    names: dict[int, list[str]] = {pk: [] for pk in pks}
    links = ItemCategory.objects.filter(item_id__in=pks).order_by("position", "pk")
    for pk, name in links.values_list("item_id", "category__name"):
        names[pk].append(name)
    texts = [found.get(pk, ("", "", "", None)) for pk in pks]
    return Items(
        [title for title, *_others in texts],
        [f"{own}\n{more}" if more else own for _title, own, _provider, more in texts],
        [tuple(names[pk]) for pk in pks],
        [provider for _title, _own, provider, _more in texts],
    )


def _write(
    rows: Sequence[ItemEncoding], fingerprint: str, items: Items, vectors: FloatArray
) -> None:
    """An item that changed meanwhile stays waiting: its row has another ``changed_at``."""
    counts, texts = word_counts(items), item_texts(items)
    with transaction.atomic():
        for row, words, text, vector in zip(rows, counts, texts, vectors, strict=True):
            ItemEncoding.objects.filter(pk=row.pk, changed_at=row.changed_at).update(
                state=State.READY,
                reason="",
                attempts=0,
                encoded_at=now(),
                fingerprint=fingerprint,
                text_hash=hashlib.sha256(text.encode()).hexdigest(),
                words={word: round(amount, 4) for word, amount in words.items()},
                vector=vector.astype("<f4").tobytes(),
            )


def _fail(rows: Sequence[ItemEncoding], error: Exception) -> None:
    """Note the reason, and when the items are tried again: later each time."""
    logger.warning("%s items could not be encoded: %s", len(rows), error)
    reason = str(error) or type(error).__name__
    for row in rows:
        rest = min(LONGEST_REST, FIRST_REST * 2 ** min(row.attempts, 10))
        ItemEncoding.objects.filter(pk=row.pk, changed_at=row.changed_at).update(
            state=State.FAILED,
            reason=reason[:2000],
            attempts=row.attempts + 1,
            next_try_at=now() + rest,
        )


def changed_since_training(catalog: Catalog) -> QuerySet[ItemEncoding]:
    """New and edited items that the newest version has not read."""
    rows = ItemEncoding.objects.filter(catalog=catalog)
    newest = run_queries.versions(catalog).first()
    since = None if newest is None else run_queries.trained_from(newest)
    return rows if since is None else rows.filter(changed_at__gte=since)
