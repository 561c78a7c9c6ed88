"""The items that a feed brought, and those of them that are missing in its last full file."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from catalog.ingestion.batches import LOOKUP, by_key
from catalog.models import Feed, FeedItem, Item


def available(feed: Feed) -> int:
    """How many items of the feed are available."""
    return feed.feed_items.filter(item__available=True).count()


def missing(feed: Feed, seen: Collection[str]) -> list[int]:
    """The keys of the feed's available items that are not among the ``seen`` ids."""
    items = feed.feed_items.filter(item__available=True).order_by("item_id")
    pairs = items.values_list("item_id", "item__external_id").iterator(chunk_size=LOOKUP)
    return [pk for pk, item_id in pairs if item_id not in seen]


def remember(feed: Feed, seen: Collection[str]) -> None:
    """Note the items as brought by this feed."""
    keys = by_key(feed.catalog.items.values_list("pk", flat=True), seen)
    for start in range(0, len(keys), LOOKUP):
        FeedItem.objects.bulk_create(
            [FeedItem(feed=feed, item_id=pk) for pk in keys[start : start + LOOKUP]],
            ignore_conflicts=True,
        )


def withdraw(feed: Feed, keys: Sequence[int]) -> None:
    """Make the missing items unavailable; they stay in the history and in the model."""
    for start in range(0, len(keys), LOOKUP):
        some = keys[start : start + LOOKUP]
        with transaction.atomic():
            Item.objects.filter(pk__in=some).update(available=False)
            feed.feed_items.filter(item_id__in=some).update(withdrawn=True)


def restore(feed: Feed, seen: Collection[str]) -> None:
    """Make items available again that an earlier file lacked; the file itself has the last word."""
    earlier = feed.feed_items.filter(withdrawn=True).values_list("item_id", "item__external_id")
    keys = [pk for pk, item_id in earlier.iterator(chunk_size=LOOKUP) if item_id in seen]
    for start in range(0, len(keys), LOOKUP):
        some = keys[start : start + LOOKUP]
        with transaction.atomic():
            Item.objects.filter(pk__in=some).update(available=True)
            feed.feed_items.filter(item_id__in=some).update(withdrawn=False)
