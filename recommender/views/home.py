"""The pages that need a recommender: a catalogue's home, an item with what is like it, and why it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.browse.rows import Reader, listed
from catalog.models import Catalog, Item, Profile
from catalog.models.home_orders import Listing
from catalog.profiles.request_profile import profile_of
from catalog.search.facets import Facets
from catalog.views.forms import FacetForm
from catalog.views.helpers import PageRequest, catalog_page, item_or_404, tail_of
from catalog.views.home import home_context, item_context
from catalog.views.home import row as catalog_row
from catalog.views.rows import Span, render_row
from recommender.preferences import selectors
from recommender.serving import recommend, user_context
from recommender.serving.home import FIRST, ORDER, SURFACES, Home
from recommender.serving.item_page import item_rows
from recommender.views.forms import hint

#: The live part of an item's page that holds its rows.
ROWS = "item-rows"
#: Set by home.js: this browser fetches rows as they come into sight. Others get them all at once.
ROWS_COOKIE = "rows"


@require_safe
@catalog_page
def home(request: PageRequest, catalog: Catalog) -> HttpResponse:
    profile = profile_of(request, catalog)
    context = home_context(request, catalog, profile) | {"listings": Listing.choices}
    if context["listing"] == Listing.PERSONAL:
        context |= _personal(request, catalog, profile, context["facets"])
    else:
        reader = Reader.of(catalog, profile, context["facets"])
        context["shelves"] = listed(reader, context["listing"])
    return render(
        request, "catalog/_shelves.html" if request.htmx else "recommender/home.html", context
    )


def _personal(
    request: PageRequest, catalog: Catalog, profile: Profile | None, facets: Facets
) -> dict[str, Any]:
    """All rows; the first alone for a browser that fetches the others as they come into sight."""
    tail, interests = tail_of(request, catalog, profile), selectors.interest_text(profile)
    person = user_context.user_context_of(
        profile, catalog, stated_preferences=selectors.preferences_in(interests, catalog, profile)
    )
    home = Home(profile, person, tail=tail, facets=facets)
    context: dict[str, Any] = {"tail": tail, "interests": interests, "hint": hint(catalog)}
    if request.htmx and (key := request.GET.get("row")) in ORDER:
        return context | {"shelves": home.shelves([key]), "part": True}
    if not request.htmx and request.COOKIES.get(ROWS_COOKIE) == "live":
        query = f"{facets.query}&" if facets.query else ""
        return context | {"shelves": home.shelves(FIRST, waiting=f"{request.path}?{query}")}
    return context | {"shelves": home.shelves()}


@require_safe
@catalog_page
def row(request: PageRequest, catalog: Catalog, row: str) -> HttpResponseBase:
    """A row's own page, page by page the same list however often it is asked for."""
    if row not in SURFACES:
        return catalog_row(request, slug=catalog.slug, row=row)
    profile, facets, span = (
        profile_of(request, catalog),
        FacetForm(request.GET).chosen(),
        Span.of(request),
    )
    person = user_context.user_context_of(profile, catalog)
    home = Home(
        profile, person, tail=tail_of(request, catalog, profile), facets=facets, most=span.end + 1
    )
    return render_row(request, catalog, profile, facets, home.page(row, span))


@require_safe
@catalog_page
def item(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    return _item_page(request, catalog, pk, why=False)


@require_safe
@catalog_page
def why(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    """The panel for the live page, the whole page with the panel open otherwise."""
    if not request.htmx:
        return _item_page(request, catalog, pk, why=True)
    profile, found = profile_of(request, catalog), item_or_404(catalog, pk)
    context = {"catalog": catalog, "item": found, **_why_context(request, profile, found)}
    return render(request, "recommender/_why.html", context)


def _why_context(request: PageRequest, profile: Profile | None, found: Item) -> dict[str, Any]:
    """``gems`` in the address: as a hidden gem, which competes with less known items only."""
    gems = bool(request.GET.get("gems"))
    tail = tail_of(request, found.catalog, profile)
    explanation = recommend.explain(profile, found, tail=tail, only_tail=gems)
    return {"explanation": explanation, "asked": "?gems=1" if gems else ""}


def _item_page(request: PageRequest, catalog: Catalog, pk: int, *, why: bool) -> HttpResponse:
    context = item_context(request, item_or_404(catalog, pk))
    profile, found = context["profile"], context["item"]
    if request.htmx and request.htmx.target != ROWS:
        return render(request, "catalog/_acts.html", context)
    context |= {
        "shelves": item_rows(found, profile, user_context.user_context_of(profile, catalog)),
        "rows_id": ROWS,
    }
    if request.htmx:
        return render(request, "recommender/_item_rows.html", context)
    context |= {
        "predicted_stars": recommend.predicted_stars(profile, found),
        "near": [card.popularity_rank for shelf in context["shelves"][:1] for card in shelf.cards],
    }
    if why:
        context |= _why_context(request, profile, found)
    return render(request, "recommender/item.html", context)
