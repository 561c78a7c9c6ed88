"""Why an item is shown: the contributions to its score."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Catalog, Item, Profile
from catalog.profiles.request_profile import profile_of
from catalog.views.helpers import PageRequest, catalog_page, item_or_404, tail_of
from catalog.views.items import render_item
from recommender.serving import recommend
from recommender.serving.page_plan import GEMS_WHY


@require_safe
@catalog_page
def why(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    """The panel for the live page, the whole page with the panel open otherwise."""
    item, profile = item_or_404(catalog, pk), profile_of(request, catalog)
    explained = _explained(request, profile, item)
    if not request.htmx:
        return render_item(request, item, **explained)
    context = {"catalog": catalog, "item": item, **explained}
    return render(request, "recommender/_why.html", context)


def _explained(request: PageRequest, profile: Profile | None, item: Item) -> dict[str, Any]:
    """``gems`` in the address: as a hidden gem, which competes with less known items only."""
    gems = bool(request.GET.get("gems"))
    tail = tail_of(request, item.catalog, profile)
    explanation = recommend.explain(profile, item, tail=tail, only_tail=gems)
    return {"explanation": explanation, "asked": GEMS_WHY if gems else ""}
