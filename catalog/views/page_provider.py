"""Where an app with models extends the catalogue's pages.

The catalogue's views ask the registered provider at each place named here. Without one the pages
show what is popular, new or chosen before. See `recommender.views.pages`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from catalog.browse.row_pages import RowPage, Span
from catalog.models import Catalog, Item, Profile
from catalog.models.home_orders import Listing
from catalog.search.facets import Facets
from catalog.views.helpers import PageRequest


class PageProvider:
    """Adds nothing; a provider overrides what it extends."""

    #: The orders that a home can have.
    home_orders: ClassVar = [choice for choice in Listing.choices if choice[0] != Listing.PERSONAL]
    home_template = "catalog/home.html"
    item_template = "catalog/item.html"
    #: The part of an item's page that is loaded anew after an action.
    item_rows_template = "catalog/_acts.html"

    def home(
        self, request: PageRequest, catalog: Catalog, profile: Profile | None, facets: Facets
    ) -> dict[str, Any] | None:
        """The context of a personal home, ``shelves`` in it; None where there is no such home."""
        return None

    def row(
        self,
        request: PageRequest,
        catalog: Catalog,
        profile: Profile | None,
        facets: Facets,
        key: str,
        span: Span,
    ) -> RowPage | None:
        """A stretch of a row of the provider's; None for a row that is not one of them."""
        return None

    def item_rows(self, item: Item, profile: Profile | None) -> dict[str, Any]:
        """The context of the rows on an item's page."""
        return {}

    def item(self, item: Item, profile: Profile | None) -> dict[str, Any]:
        """What else an item's page shows; not for the part that holds its rows."""
        return {}

    def notice(self, profile: Profile | None, item: Item, kind: str) -> dict[str, str]:
        """What the notice of an action says instead; ``kind``: empty for an action taken back."""
        return {}

    def dial_changes(
        self, profile: Profile | None, catalog: Catalog, *, now: float, wanted: float
    ) -> Any:
        """What turning the dial would change in the person's list; None where nothing is known."""
        return None

    def you(self, profile: Profile | None) -> dict[str, Any]:
        """What the page about a person's own data shows of a profile besides."""
        return {}


_registered: list[PageProvider] = [PageProvider()]


def register(provider: PageProvider) -> None:
    """Extend the pages with this provider from now on."""
    _registered[0] = provider


def provider() -> PageProvider:
    """The registered one."""
    return _registered[0]
