"""The page of search results with facets, and the suggestions while typing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import item_queries
from catalog.browse.cards import cards_of, done_by
from catalog.models import Catalog, Category
from catalog.profiles.request_profile import profile_of
from catalog.search.attribute_filters import PREFIX, AttributeFilter, read_filters
from catalog.search.facet_counts import facets, language_name
from catalog.search.item_search import FILTERS, Results, look_up, results
from catalog.search.pagination import PAGE, Pages
from catalog.validation.field_readers import BadField
from catalog.views.forms import SearchForm, checked
from catalog.views.helpers import PageRequest, catalog_page
from config.errors import invalid_field

NEAR = 12
POPULAR = 12
SUGGESTED = 6


@require_safe
@catalog_page
def search(request: PageRequest, catalog: Catalog) -> HttpResponse:
    """Items by words and by semantic similarity, filtered by the facets."""
    cleaned = checked(SearchForm(request.GET))
    if cleaned["category"]:
        get_object_or_404(Category, catalog=catalog, name=cleaned["category"])
    text, number = cleaned["q"].strip(), cleaned["page"] or 1
    chosen = {name: cleaned[name] for name in FILTERS}
    attributes = _attributes(request, catalog)
    found = results(catalog, text, chosen, attributes)
    context = {
        "catalog": catalog,
        "query": text,
        "title": _title(catalog, text, chosen),
        "found": found.found,
        "facets": facets(catalog, request.GET, found),
        "is_narrowed": bool(attributes or any(chosen.values())),
        **_cards(request, catalog, found, number),
    }
    return render(
        request, "catalog/_found.html" if request.htmx else "catalog/search.html", context
    )


def _attributes(request: PageRequest, catalog: Catalog) -> tuple[AttributeFilter, ...]:
    """The filters of attributes; the fields of a form that are left empty are none."""
    given = {
        name: str(value)
        for name, value in request.GET.items()
        if name.startswith(PREFIX) and str(value).strip()
    }
    try:
        return read_filters(catalog, given)
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None


def _title(catalog: Catalog, text: str, chosen: dict[str, str]) -> str:
    """The list's subject in short; empty for everything."""
    language = language_name(chosen["language"]) if chosen["language"] else ""
    return text or chosen["provider"] or catalog.category_label(chosen["category"]) or language


def _cards(request: PageRequest, catalog: Catalog, results: Results, number: int) -> dict[str, Any]:
    """A page of keyword results, then semantic results if there is room.

    Without any result, popular items.
    """
    named, near = results.found.named, results.found.near
    page = Pages(number, len(named))
    here = named[(number - 1) * PAGE : number * PAGE]
    beside = near[:NEAR] if number == 1 and len(named) < PAGE else []
    items = {item.pk: item for item in item_queries.items_in_order([*here, *beside])}
    popular = [] if items else item_queries.popular(catalog, n=POPULAR)
    cards = {card.item.pk: card for card in cards_of(catalog, [*items.values(), *popular])}
    return {
        "cards": [cards[key] for key in here if key in cards],
        "near": [cards[key] for key in beside if key in cards],
        "popular": [cards[item.pk] for item in popular],
        "done": done_by(profile_of(request, catalog), cards),
        "total": len(named),
        "pages": page,
    }


@require_safe
@catalog_page
def suggest(request: PageRequest, catalog: Catalog) -> HttpResponse:
    """The best few for the text so far; a fast answer is better than a complete one."""
    text = checked(SearchForm(request.GET))["q"].strip()
    found = look_up(catalog, text, patient=False) if text else None
    best = found.one_of_each_group(catalog) if found else None
    keys = [*best.named, *best.near][:SUGGESTED] if best else []
    context = {
        "catalog": catalog,
        "query": text,
        "found": found,
        "items": item_queries.items_in_order(keys),
    }
    return render(request, "catalog/_suggestions.html", context)
