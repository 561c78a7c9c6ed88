"""A row's own page; it continues while scrolling, or by links without JavaScript."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from catalog.browse.cards import done_by
from catalog.browse.row_pages import RowPage, Span
from catalog.models import Catalog, Profile
from catalog.search.facets import Facets, offered
from catalog.views.forms import RowForm, checked
from catalog.views.helpers import PageRequest


def span_of(request: PageRequest) -> Span:
    """The pages that the address asks for."""
    params = checked(RowForm(request.GET))
    if params["upto"]:
        return Span(1, params["upto"])
    return Span(params["page"] or 1, params["page"] or 1)


def render_row(
    request: PageRequest, catalog: Catalog, profile: Profile | None, facets: Facets, page: RowPage
) -> HttpResponse:
    """The whole page, or for an open page the next cards, or its list again after an action."""
    shows_done = facets.taken or page.key == "taken"
    context = {
        "catalog": catalog,
        "profile": profile,
        "facets": facets,
        "offer": offered(catalog),
        "page": page,
        "query": f"{facets.query}&" if facets.query else "",
        "done": done_by(profile, [card.item.pk for card in page.cards]) if shows_done else {},
    }
    if not request.htmx:
        return render(request, "catalog/row.html", context)
    return render(
        request,
        "catalog/_row_cards.html" if "page" in request.GET else "catalog/_row.html",
        context,
    )
