"""What a card shows of its item, drawn once for everything that it shows: a home holds a hundred cards, and drawing
each through its template took half of the page's time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog.models.item_urls import address_of

REMEMBERED = 8192


class Face(NamedTuple):
    """All that ``includes/card_face.html`` reads."""

    address: str
    title: str
    language: str
    by: str
    people: int
    popularity_rank: float
    stars: float | None


def face_of(card: Any) -> Face:
    item = card.item
    by = item.provider or next(
        (item.catalog.category_label(name) for name in item.category_names[:1]), ""
    )
    stars = getattr(card, "predicted_stars", None)
    return Face(
        address_of(item, "catalog:item"),
        str(item),
        item.language,
        by,
        card.people,
        card.popularity_rank,
        stars,
    )


def draw(face: Face) -> SafeString:
    return _drawn(face, get_language())


@lru_cache(maxsize=REMEMBERED)
def _drawn(face: Face, _language: str | None) -> SafeString:
    return render_to_string("includes/card_face.html", {"face": face})
