"""Template tags: covers, icons, the popularity curve, the dial, and texts about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _

from catalog import covers
from catalog.browse import popularity_svg
from catalog.browse.card_html import card_acts, draw, face_of, reason_of
from catalog.browse.cards import LITTLE_KNOWN, subject_of
from catalog.browse.dial import dial_context, dial_words, position_of
from catalog.browse.item_facts import facts_of, link_of
from catalog.browse.prices import image_of, price_of
from catalog.covers.icons import paths
from catalog.item_traits import traits_of
from catalog.models import Catalog, Item
from catalog.models.category_paths import paths_to
from catalog.models.item_urls import address_of
from catalog.views.helpers import visible_catalogs

register = template.Library()

STAND = (320, 110)
GLYPH = (48, 16)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the set. It is decorative: a text stands beside it."""
    return mark_safe(  # noqa: S308 (paths come from our own file)
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f'<path d="{paths()[name]}"/></svg>'
    )


@register.simple_tag
def icon_path(name: str) -> str:
    """Only an icon's path, for a symbol that is used many times."""
    return paths()[name]


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def cover(item: Item, *, eager: bool = False) -> SafeString:
    """The item's image if its host may show one, else its drawn cover, which replaces it too when
    it fails (see images.js).
    """
    return _cover(subject_of(item), address_of(item, "catalog:cover"), eager, image_of(item))


@lru_cache(maxsize=8192)
def _cover(subject: covers.Subject, address: str, eager: bool, image: str = "") -> SafeString:
    width, height = covers.RATIOS.get(subject.domain, covers.RATIOS["shop"])
    drawn = f"{address}?v={covers.version(subject)}"
    shown = (
        format_html(
            'class="photo" src="{}" data-cover="{}" referrerpolicy="no-referrer"', image, drawn
        )
        if image
        else format_html('src="{}"', drawn)
    )
    return format_html(
        '<img {} alt="" width="{}" height="{}" loading="{}" decoding="async">',
        shown, width, height, "eager" if eager else "lazy",
    )  # fmt: skip


@register.simple_tag
def known_to(people: int) -> str:
    if not people:
        return _("Nobody here knows it yet")
    return ngettext(
        "Known to %(people)s person here", "Known to %(people)s people here", people
    ) % {"people": number_format(people, force_grouping=True)}


@register.simple_tag
def rank_on_curve(popularity_rank: float) -> str:
    """The popularity rank in words that follow "known to 3 people"."""
    tenth = min(10, int((1 - popularity_rank) * 10) + 1)
    if popularity_rank >= LITTLE_KNOWN:
        return _("among the least known %(tenths)s") % {"tenths": _tenths(tenth)}
    if popularity_rank <= 1 - LITTLE_KNOWN:
        return _("among the best known %(tenths)s") % {
            "tenths": _tenths(min(10, int(popularity_rank * 10) + 1))
        }
    return _("better known than %(percent)s %% of the items") % {
        "percent": round((1 - popularity_rank) * 100)
    }


@register.simple_tag
def known_and_where(people: int, popularity_rank: float) -> str:
    return _("%(known)s, %(place)s") % {
        "known": known_to(people),
        "place": rank_on_curve(popularity_rank),
    }


def _tenths(tenth: int) -> str:
    return _("tenth") if tenth == 1 else _("fifth")


@register.filter
def address(item: Item, name: str) -> str:
    """The address of an item, by the name of the route."""
    return address_of(item, name)


@register.simple_tag
def glyph(people: int, popularity_rank: float) -> SafeString:
    """The small curve with the item's dot; base.html defines the line once as a symbol."""
    return _glyph(people, popularity_rank, get_language() or "")


@lru_cache(maxsize=4096)
def _glyph(people: int, popularity_rank: float, _language: str) -> SafeString:
    x, y = popularity_svg.point(popularity_rank, *GLYPH, 2)
    return format_html(
        '<svg class="glyph{}" viewBox="0 0 48 16" role="img"><title>{}</title><use href="#curve"/>'
        '<circle class="dot" cx="{}" cy="{}" r="2.6"/></svg>',
        " tail" if popularity_rank >= LITTLE_KNOWN else "",
        known_and_where(people, popularity_rank),
        str(x),
        str(y),
    )  # fmt: skip


@register.simple_tag
def glyph_line() -> str:
    return popularity_svg.line(*GLYPH, 2, steps=16)


@register.inclusion_tag("includes/stand.html")
def stand(people: int, popularity_rank: float, near: Sequence[float] = ()) -> dict[str, Any]:
    """The large curve with the dots of the item and of its neighbours."""
    width, tall = STAND
    x, y = popularity_svg.point(popularity_rank, width, tall, 6)
    dots = [popularity_svg.point(rank, width, tall, 6) for rank in near]
    return {
        "people": people, "popularity_rank": popularity_rank, "x": x, "y": y,
        "width": width, "tall": tall, "near": dots,
        "line": popularity_svg.line(width, tall, 6), "area": popularity_svg.area(width, tall, 6),
        "tail_area": popularity_svg.area(width, tall, 6, start=0.2),
    }  # fmt: skip


@register.inclusion_tag("includes/dial.html", takes_context=True)
def dial(
    context: dict[str, Any], catalog: Catalog, tail: float, saved: float | None = None
) -> dict[str, Any]:
    """The tail dial of a catalogue, set to ``tail``.

    ``saved``: the setting that is stored, when the dial has a page of its own.
    """
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "next": context.get("next"),
        "is_page": saved is not None,
        **dial_context(catalog, tail, tail if saved is None else saved),
    }


@register.simple_tag
def dial_at(catalog: Catalog, tail: float) -> str:
    """The dial's setting in words."""
    return dial_words(position_of(catalog, tail))


@register.simple_tag(takes_context=True)
def card(context: dict[str, Any], card: Any, done: dict[int, set[str]] | None = None) -> SafeString:
    """A card of a list, built here: a template for each card took a third of a home's time."""
    item = card.item
    return format_html(
        '<li class="card" data-item="{}">{}{}'
        '<div class="pic"><div class="cover">{}</div>{}</div></li>',
        item.pk, draw(face_of(card)), reason_of(card), cover(item), card_acts(context, item, done),
    )  # fmt: skip


@register.inclusion_tag("includes/switch.html", takes_context=True)
def catalog_switch(context: dict[str, Any]) -> dict[str, Any]:
    """Empty on a page of an error that came before the account was known."""
    request: HttpRequest | None = context.get("request")
    known = request is not None and hasattr(request, "user")
    return {
        "catalog": context.get("catalog"),
        "choices": visible_catalogs(request) if known else [],  # type: ignore[arg-type]
    }


@register.simple_tag(takes_context=True)
def notice(context: dict[str, Any]) -> dict[str, Any] | None:
    """The message about the last form; it is shown once."""
    session = getattr(context.get("request"), "session", {})
    return session.pop("notice", None) if "notice" in session else None


@register.simple_tag
def hero_curve() -> dict[str, Any]:
    """The front page's curve: known items crowd the head, one item is far out in the tail."""
    width, tall = 480, 150
    x, y = popularity_svg.point(0.84, width, tall, 8)
    dots = [
        popularity_svg.point(rank, width, tall, 8)
        for rank in (0.0, 0.015, 0.035, 0.06, 0.1, 0.16, 0.27, 0.45, 0.66)
    ]
    return {
        "line": popularity_svg.line(width, tall, 8), "area": popularity_svg.area(width, tall, 8),
        "tail": popularity_svg.area(width, tall, 8, start=0.2), "dots": dots, "x": x, "y": y,
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], number: int) -> str:
    """The query of another page of the same list."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return "?" + query.urlencode()


@register.filter
def grouped(number: int) -> str:
    """A number with its language's separators: 4,179."""
    return number_format(number, force_grouping=True)


@register.filter
def tagline(catalog: Catalog) -> str:
    return catalog.text("tagline", str(catalog.get_domain_display()))


@register.simple_tag
def catalog_disclaimer(catalog: Catalog) -> str:
    return catalog.text("disclaimer", _("Not medical advice. Ask a professional."))


@register.filter
def word_label(word: Any, catalog: Catalog) -> str:
    return catalog.word_label(str(word))


@register.filter
def category_label(name: Any, catalog: Catalog) -> str:
    return catalog.category_label(str(name))


@register.filter
def category_path(name: Any, catalog: Catalog) -> str:
    """The whole path of a category, each part with its label."""
    return catalog.category_path(str(name))


@register.filter
def ancestry(name: str) -> list[str]:
    """A category's name after those above it."""
    return paths_to(name)


@register.filter
def price(item: Item) -> str:
    return price_of(item)


@register.simple_tag
def languages_of_items(catalog: Catalog) -> tuple[str, ...]:
    """The codes that a person can choose from; empty in a catalogue with one language."""
    codes = traits_of(catalog).codes
    return codes if len(codes) > 1 else ()


@register.filter
def language_label(code: str) -> str:
    """A language's name in that language."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


@register.filter
def facts(item: Item) -> list[tuple[str, str]]:
    return facts_of(item)


@register.filter
def link(item: Item) -> str:
    return link_of(item)


@register.filter
def host(address: str) -> str:
    return urlsplit(address).netloc.removeprefix("www.")


@register.filter
def strongest(shares: Sequence[Any]) -> list[Any]:
    """The shares, largest effect first."""
    return sorted(shares, key=lambda share: -abs(share.percent))


@register.filter
def bar(percent: float, whole: float = 100.0) -> float:
    """The width of a bar, 1 to 100."""
    return round(min(100.0, max(1.0, 100 * abs(percent) / (whole or 1))), 1)
