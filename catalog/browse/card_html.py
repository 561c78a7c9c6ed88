"""The HTML of cards, cached.

A home page has a hundred cards. Rendering each through its templates took half of the page's time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.browse.actions import quick_actions
from catalog.browse.prices import price_of
from catalog.models import Item
from catalog.models.item_urls import address_of

REMEMBERED = 8192
#: Placeholders for an item's key and title; no other text on a page equals them.
KEY_PLACEHOLDER, TITLE_PLACEHOLDER = "90071992547409930", "\ue000"


class Face(NamedTuple):
    """All values that ``includes/card_face.html`` reads."""

    address: str
    title: str
    language: str
    by: str
    people: int
    popularity_rank: float
    stars: float | None
    price: str = ""


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
        price_of(item),
    )


def draw(face: Face) -> SafeString:
    return _drawn(face, get_language())


@lru_cache(maxsize=REMEMBERED)
def _drawn(face: Face, _language: str | None) -> SafeString:
    return render_to_string("includes/card_face.html", {"face": face})


def reason_of(card: Any) -> SafeString | str:
    """The line that says why, with a link to the whole explanation if there is one."""
    if not card.reason:
        return ""
    if (why := getattr(card, "why", None)) is None:
        return format_html('<p class="reason">{}</p>', card.reason)
    address = f"{address_of(card.item, 'recommender:why')}{why}"
    return format_html(
        '<a href="{}" title="{}" class="reason">{}</a>', address, _("Why this?"), card.reason
    )


def card_acts(
    context: dict[str, Any], item: Item, done: dict[int, set[str]] | None = None
) -> SafeString:
    """The action buttons of a card.

    The cards of a page differ in the item's key and title only. The template is rendered once a
    page for each state of the buttons; rendering it for each card took half of a home's time.
    """
    request, pressed = context["request"], frozenset((done or {}).get(item.pk, ()))
    stencils: dict[tuple[str, frozenset[str]], str] = request.__dict__.setdefault("_card_acts", {})
    state = (item.catalog.slug, pressed)
    if state not in stencils:
        stencils[state] = _acts_stencil(context, item, pressed)
    drawn = (
        stencils[state]
        .replace(KEY_PLACEHOLDER, str(item.pk))
        .replace(TITLE_PLACEHOLDER, conditional_escape(str(item)))
    )
    return mark_safe(drawn)  # noqa: S308 (from a template, and the title is escaped)


def _acts_stencil(context: dict[str, Any], item: Item, pressed: frozenset[str]) -> str:
    placeholder = Item(pk=int(KEY_PLACEHOLDER), title=TITLE_PLACEHOLDER, catalog=item.catalog)
    acts = {
        "item": placeholder,
        "actions": quick_actions(pressed),
        "csrf_token": context.get("csrf_token"),
    }
    return render_to_string("includes/card_acts.html", {"request": context["request"], **acts})
