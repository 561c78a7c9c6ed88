"""The catalogue's pages; what an app with models adds comes from the page provider."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog import item_queries
from catalog.browse import catalog_index
from catalog.browse.cards import cards_of
from catalog.browse.row_pages import RowPage
from catalog.browse.rows import NON_PERSONAL, SPARE, Reader, listed, row_of, taken_row
from catalog.models import Catalog
from catalog.models.home_orders import Listing
from catalog.profiles import services
from catalog.profiles.request_profile import profile_of, profiles_of
from catalog.search.facets import offered
from catalog.views.forms import FacetForm, ListingForm, checked
from catalog.views.helpers import (
    PageRequest,
    catalog_page,
    listing_of,
    remember_listing,
    safe_next,
    visible_catalogs,
)
from catalog.views.page_provider import provider
from catalog.views.rows import render_row, span_of

PAGE = 24


ROW = 12


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The list of catalogues."""
    user = request.user if request.user.is_authenticated else None
    choices = catalog_index.catalog_tiles(
        visible_catalogs(request), profiles_of(user, request.session)
    )
    return render(request, "catalog/index.html", {"choices": choices})


@require_safe
@catalog_page
def home(request: PageRequest, catalog: Catalog) -> HttpResponse:
    """The page provider's personal home, or one of the non-personal orders."""
    profile, facets = profile_of(request, catalog), FacetForm(request.GET).chosen()
    pages, listing = provider(), listing_of(request, catalog, profile)
    context = {
        "catalog": catalog,
        "profile": profile,
        "facets": facets,
        "offer": offered(catalog),
        "listing": listing,
        "listings": pages.home_orders,
    }
    is_personal = listing == Listing.PERSONAL
    own = pages.home(request, catalog, profile, facets) if is_personal else None
    context |= own or {"shelves": listed(Reader.of(catalog, profile, facets), listing)}
    return render(
        request, "catalog/_shelves.html" if request.htmx else pages.home_template, context
    )


@require_safe
@catalog_page
def row(request: PageRequest, catalog: Catalog, row: str) -> HttpResponse:
    """A row's own page: of the page provider, the same for everybody, or what the visitor chose."""
    profile, facets = profile_of(request, catalog), FacetForm(request.GET).chosen()
    span = span_of(request)
    if (page := provider().row(request, catalog, profile, facets, row, span)) is not None:
        return render_row(request, catalog, profile, facets, page)
    if row != "taken" and row not in NON_PERSONAL:
        raise Http404
    reader = Reader.of(catalog, profile, facets)
    n = span.end + 1 + SPARE
    whole = taken_row(reader, n) if row == "taken" else row_of(reader, row, n)
    keys = item_queries.shown(catalog, whole.keys)
    cards = cards_of(
        catalog, item_queries.items_in_order(keys[span.start : span.end], catalog=catalog)
    )
    page = RowPage(row, whole.title, whole.note, cards, span, len(keys) > span.end)
    return render_row(request, catalog, profile, facets, page)


@require_POST
@catalog_page
def listing(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """Set the order of the home, in the profile or in the visit without one."""
    wanted, profile = checked(ListingForm(request.POST))["listing"], profile_of(request, catalog)
    remember_listing(request, catalog, wanted)
    if profile is not None:
        services.set_listing(profile=profile, listing=wanted)
    return redirect(safe_next(request, catalog.get_absolute_url()))
