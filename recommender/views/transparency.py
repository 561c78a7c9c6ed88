"""How the lists of a catalogue are made, in words and bars, as things stand now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Catalog
from catalog.models.home_orders import Listing
from catalog.profiles.request_profile import profile_of
from catalog.views.helpers import PageRequest, catalog_page, listing_of, tail_of
from recommender.serving.list_report import how_lists_are_made
from recommender.views.published_controls import measured


@require_safe
@catalog_page
def how(request: PageRequest, catalog: Catalog) -> HttpResponse:
    profile = profile_of(request, catalog)
    tail = tail_of(request, catalog, profile)
    context = {
        "catalog": catalog,
        "profile": profile,
        "how": how_lists_are_made(profile, catalog, tail=tail),
        "listing": listing_of(request, catalog, profile),
        "listings": Listing.choices,
        "measured": measured(),
    }
    return render(request, "recommender/how.html", context)
