"""What the recommender adds to the catalogue's pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from catalog.browse.row_pages import RowPage, Span
from catalog.models import Catalog, Item, Profile
from catalog.models.event_kinds import Kind
from catalog.models.home_orders import Listing
from catalog.search.facets import Facets
from catalog.views.helpers import PageRequest, tail_of
from catalog.views.items import ROWS_ID
from catalog.views.page_provider import PageProvider
from recommender.models import InterestText
from recommender.preferences import selectors
from recommender.serving import page_store, recommend
from recommender.serving.home import FIRST, ORDER, SURFACES, Home
from recommender.serving.item_page import item_rows
from recommender.serving.previews import LISTED, Preview
from recommender.serving.user_context import user_context_of
from recommender.views.forms import hint

#: Set by home.js: this browser fetches rows as they come into sight. Others get them all at once.
ROWS_COOKIE = "rows"


class RecommenderPages(PageProvider):
    """Personal homes and rows, similar items, and what an action or the dial does to lists."""

    home_orders = Listing.choices
    home_template = "recommender/home.html"
    item_template = "recommender/item.html"
    item_rows_template = "recommender/_item_rows.html"

    def home(
        self, request: PageRequest, catalog: Catalog, profile: Profile | None, facets: Facets
    ) -> dict[str, Any]:
        """All rows, or the first ones if the browser fetches the others as they come into view."""
        tail, interests = tail_of(request, catalog, profile), selectors.interest_text(profile)
        preferences = selectors.preferences_in(interests, catalog, profile)
        user = user_context_of(profile, catalog, stated_preferences=preferences)
        home = Home(profile, user, tail=tail, facets=facets)
        context = {"tail": tail, "interests": interests, "hint": hint(catalog)}
        key, page_id = request.GET.get("row"), request.GET.get("plan", "")
        if request.htmx and key in ORDER:
            page = home.stored(page_id, [key]) if page_store.is_id(page_id) else home.planned()
            return context | {"shelves": home.shelves(page, [key]), "part": True}
        page = home.planned()
        if request.htmx or request.COOKIES.get(ROWS_COOKIE) != "live":
            return context | {"shelves": home.shelves(page)}
        page_id = page_store.new_id()
        page_store.store(page_id, page)
        query = f"{facets.query}&" if facets.query else ""
        waiting = f"{request.path}?{query}plan={page_id}&"
        return context | {"shelves": home.shelves(page, FIRST, waiting=waiting)}

    def row(
        self,
        request: PageRequest,
        catalog: Catalog,
        profile: Profile | None,
        facets: Facets,
        key: str,
        span: Span,
    ) -> RowPage | None:
        if key not in SURFACES:
            return None
        user, tail = user_context_of(profile, catalog), tail_of(request, catalog, profile)
        return Home(profile, user, tail=tail, facets=facets).row_page(key, span)

    def item_rows(self, item: Item, profile: Profile | None) -> dict[str, Any]:
        user = user_context_of(profile, item.catalog)
        shelves = item_rows(item, profile, user)
        near = [card.popularity_rank for shelf in shelves[:1] for card in shelf.cards]
        return {"shelves": shelves, "rows_id": ROWS_ID, "near": near}

    def item(self, item: Item, profile: Profile | None) -> dict[str, Any]:
        return {"predicted_stars": recommend.predicted_stars(profile, item)}

    def notice(self, profile: Profile | None, item: Item, kind: str) -> dict[str, str]:
        """A dislike says how many similar items are ranked lower with it."""
        if kind != Kind.HIDE or profile is None:
            return {}
        penalised = recommend.penalised_with(profile, item)
        if not penalised:
            return {}
        text = ngettext(
            "Removed. %(n)s similar item is ranked lower too.",
            "Removed. %(n)s similar items are ranked lower too.",
            penalised,
        )
        return {"text": text % {"n": penalised}}

    def dial_changes(
        self, profile: Profile | None, catalog: Catalog, *, now: float, wanted: float
    ) -> Preview:
        user = user_context_of(profile, catalog)
        before, after = (
            recommend.recommend_for(
                profile, catalog=catalog, n=LISTED, tail=tail, user=user, record=False
            ).cards
            for tail in (now, wanted)
        )
        return Preview.of(before, after)

    def you(self, profile: Profile | None) -> dict[str, Any]:
        return {"interests": selectors.interest_text(profile) or InterestText()}
