"""The page of an item and its cover."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from catalog import covers, item_queries, popularity
from catalog.browse.actions import actions
from catalog.browse.cards import done_by, subject_of
from catalog.item_traits import variants_of
from catalog.models import Catalog, Item, Profile
from catalog.profiles.excluded_reasons import is_excluded_reason
from catalog.profiles.ratings import stars_given, steps, takes_stars
from catalog.profiles.view_events import record_view
from catalog.views.helpers import (
    PageRequest,
    catalog_page,
    item_or_404,
)
from catalog.views.page_provider import provider

#: The live part of an item's page that holds its rows.
ROWS_ID = "item-rows"


A_YEAR = 365 * 24 * 3600


@require_safe
@catalog_page
def item(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    """An item; for the live page the part that an action changes, or the rows."""
    return render_item(request, item_or_404(catalog, pk))


def render_item(request: PageRequest, item: Item, **more: Any) -> HttpResponse:
    """The page of an item; looking at it is recorded. ``more``: further context."""
    pages, profile = provider(), record_view(request, item)
    if request.htmx and request.htmx.target == ROWS_ID:
        context = {"catalog": item.catalog, "profile": profile, **pages.item_rows(item, profile)}
        return render(request, pages.item_rows_template, context)
    context = _item_context(item, profile)
    if request.htmx:
        return render(request, "catalog/_acts.html", context)
    context |= pages.item_rows(item, profile)
    context |= pages.item(item, profile) | more
    return render(request, pages.item_template, context)


def _item_context(item: Item, profile: Profile | None) -> dict[str, Any]:
    done = done_by(profile, [item.pk]).get(item.pk, set())
    return {
        "catalog": item.catalog,
        "item": item,
        "profile": profile,
        "actions": actions(item.catalog, done),
        "popularity_rank": popularity.popularity_ranks(item.catalog, [item.pk])[item.pk],
        "is_excluded_reason": is_excluded_reason(profile, item),
        "state": state_of(item),
        "variants": item_queries.items_in_order(
            variants_of(item), only_available=False, catalog=item.catalog
        )
        if item.group
        else [],
        "stars": steps(stars_given(profile, item)) if takes_stars(item.catalog) else None,
    }


def state_of(item: Item) -> str:
    """Why the item is in no list now; empty if it may be."""
    if not item.available:
        return _("No longer available.")
    if item.available_from is not None and item.available_from > timezone.now():
        when = date_format(localtime(item.available_from), "DATETIME_FORMAT")
        return _("Available from %(when)s.") % {"when": when}
    if not item.is_available:
        return _("Sold out.") if item.stock == 0 else _("The sale is over.")
    return ""


def _cover_version(request: PageRequest, catalog: Catalog, pk: int) -> str:
    request.subject = subject_of(item_or_404(catalog, pk))  # type: ignore[attr-defined]
    return f'"{covers.version(request.subject)}"'  # type: ignore[attr-defined]


@require_safe
@catalog_page
@condition(etag_func=_cover_version)
def cover(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    """The cover. Its address has its version, so that browsers may cache it for a year."""
    response = HttpResponse(covers.cover(request.subject), content_type="image/svg+xml")  # type: ignore[attr-defined]
    patch_cache_control(
        response,
        max_age=A_YEAR,
        immutable=True,
        **{"public" if catalog.is_public else "private": True},
    )
    return response
