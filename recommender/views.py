"""The pages that need a recommender: a catalogue's home, an item with what is like it, and why it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import selectors as catalog_selectors
from catalog.models import Catalog, Item, Profile
from catalog.pages import PageRequest, catalog_page, item_or_404, tail_of
from catalog.people import profile_of
from catalog.views import item_context
from recommender import selectors, serving
from recommender.forms import hint
from recommender.item_rows import item_rows
from recommender.shelves import home_shelves

#: The live part of an item's page that holds its rows.
ROWS = "item-rows"
#: Categories that a stranger may begin with.
BEGINNINGS = 10


@require_safe
@catalog_page
def home(request: PageRequest, catalog: Catalog) -> HttpResponse:
    profile = profile_of(request, catalog)
    tail = tail_of(request, catalog, profile)
    interests = selectors.interest_text(profile)
    person = serving.person_of(profile, catalog, wishes=selectors.wishes_in(interests, catalog, profile))
    shelves = home_shelves(catalog, profile, tail=tail, person=person)
    context = {"catalog": catalog, "shelves": shelves, "tail": tail, "profile": profile}
    if request.htmx:
        return render(request, "catalog/_shelves.html", context)
    context |= {"interests": interests, "hint": hint(catalog)}
    if profile is None:
        context["categories"] = catalog_selectors.categories(catalog)[:BEGINNINGS]
    return render(request, "recommender/home.html", context)


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
    explanation = serving.explain(profile, found, tail=tail, only_tail=gems)
    return {"explanation": explanation, "asked": "?gems=1" if gems else ""}


def _item_page(request: PageRequest, catalog: Catalog, pk: int, *, why: bool) -> HttpResponse:
    context = item_context(request, item_or_404(catalog, pk))
    profile, found = context["profile"], context["item"]
    if request.htmx and request.htmx.target != ROWS:
        return render(request, "catalog/_acts.html", context)
    context |= {"shelves": item_rows(found, profile, serving.person_of(profile, catalog)), "rows_id": ROWS}
    if request.htmx:
        return render(request, "recommender/_item_rows.html", context)
    context |= {
        "predicted_stars": serving.predicted_stars(profile, found),
        "near": [card.standing for shelf in context["shelves"][:1] for card in shelf.cards],
    }
    if why:
        context |= _why_context(request, profile, found)
    return render(request, "recommender/item.html", context)
