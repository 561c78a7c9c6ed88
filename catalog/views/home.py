"""The catalogue's pages; what an app with models adds comes from the page provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from catalog import covers, item_queries, popularity
from catalog.browse import catalog_index
from catalog.browse.actions import action_of, actions
from catalog.browse.cards import cards_of, done_by, latest_acts, subject_of
from catalog.browse.row_pages import RowPage
from catalog.browse.rows import NON_PERSONAL, Reader, listed, row_of, taken_row
from catalog.interactions.record import record_interaction, undo_interactions
from catalog.models import Catalog, Item, Profile
from catalog.models.home_orders import Listing
from catalog.profiles import services
from catalog.profiles.excluded_reasons import is_excluded_reason
from catalog.profiles.ratings import stars_given, steps, takes_stars
from catalog.profiles.request_profile import profile_of, profiles_of
from catalog.profiles.view_events import record_view
from catalog.search.facets import offered
from catalog.views.forms import ActForm, DialForm, FacetForm, ListingForm, PersonalForm, checked
from catalog.views.helpers import (
    PageRequest,
    came_from,
    catalog_page,
    item_or_404,
    listing_of,
    remember_listing,
    remember_tail,
    safe_next,
    tail_of,
    visible_catalogs,
)
from catalog.views.page_provider import provider
from catalog.views.rows import render_row, span_of

PAGE = 24
ROW = 12
#: The live part of an item's page that holds its rows.
ROWS_ID = "item-rows"
A_YEAR = 365 * 24 * 3600


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
    """The personal home of the page provider, or one of the orders that are the same for everybody."""
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
    whole = taken_row(reader, span.end + 1) if row == "taken" else row_of(reader, row, span.end + 1)
    cards = cards_of(
        catalog, item_queries.items_in_order(whole.keys[span.start : span.end], catalog=catalog)
    )
    page = RowPage(row, whole.title, whole.note, cards, span, len(whole.keys) > span.end)
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
        "stars": steps(stars_given(profile, item)) if takes_stars(item.catalog) else None,
    }


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


@require_POST
@catalog_page
def act(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponseBase:
    """Do something with an item or undo it; then the page's live parts reload."""
    item = item_or_404(catalog, pk)
    done = perform(request, item)
    notice = done.notice | provider().notice(done.profile, item, done.kind)
    return answer(request, notice, item.get_absolute_url())


@dataclass(frozen=True)
class Performed:
    """``kind``: the event's kind, empty for an undo; ``notice``: the message."""

    profile: Profile | None
    kind: str
    notice: dict[str, Any]


def perform(request: PageRequest, item: Item) -> Performed:
    """Perform the action of the request."""
    cleaned, catalog = checked(ActForm(request.POST)), item.catalog
    profile = profile_of(request, catalog, create=bool(cleaned["kind"]))
    if cleaned["undo"]:
        if profile is not None:
            undo_interactions(profile=profile, item=item, kinds=[cleaned["undo"]])
        return Performed(
            profile, "", {"text": _("Undone: “%(title)s” is as before.") % {"title": item}}
        )
    assert profile is not None
    # The same button pressed twice, or in two tabs, records one event.
    if cleaned["kind"] not in done_by(profile, [item.pk]).get(item.pk, ()):
        record_interaction(profile=profile, item=item, kind=cleaned["kind"])
    return Performed(profile, cleaned["kind"], _notice(catalog, item, cleaned["kind"]))


def _notice(catalog: Catalog, item: Item, kind: str) -> dict[str, Any]:
    action = action_of(catalog, kind)
    text = str(action.notice) % {"title": item} if action else str(item)
    return {
        "text": text,
        "undo": reverse("catalog:act", args=[catalog.slug, item.pk]),
        "kind": str(kind),
    }


def answer(request: PageRequest, notice: dict[str, Any], default: str) -> HttpResponseBase:
    """Report what was done: in the notice of the live page, else on the form's page.

    ``notice``: ``text``, and ``undo``, ``kind`` and ``fields`` of its undo form. ``default``: the
    next page if the form names none.
    """
    notice["next"] = safe_next(request, default)
    if not request.htmx:
        request.session["notice"] = notice
        return redirect(notice["next"])
    response = render(request, "includes/toast.html", {"notice": notice})
    response["HX-Trigger"] = "acted"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def dial(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """The tail dial of the profile, or of the visit without one; POST sets it."""
    if request.method == "POST":
        return _set_dial(request, catalog)
    context = _dial_context(request, catalog)
    if context["wished"] is not None:
        context["changes"] = provider().dial_changes(
            context["profile"], catalog, now=context["tail"], wanted=context["wished"]
        )
    return render(
        request, "catalog/_dial_wish.html" if request.htmx else "catalog/dial.html", context
    )


def _set_dial(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    form = DialForm(request.POST)
    checked(form)
    tail, profile = form.chosen(catalog), profile_of(request, catalog)
    remember_tail(request, catalog, tail)
    if profile is not None:
        services.set_tail(profile=profile, tail=tail)
    if not request.htmx:
        return redirect(safe_next(request, catalog.get_absolute_url()))
    response = HttpResponse(status=204)
    response["HX-Trigger"] = "turned"
    return response


def _dial_context(request: PageRequest, catalog: Catalog) -> dict[str, Any]:
    """``tail``: where the dial stands; ``wished``: where the address asks for, None where it does not."""
    form, profile = DialForm(request.GET), profile_of(request, catalog)
    checked(form)
    tail, asks = (
        tail_of(request, catalog, profile),
        bool(request.GET.get("tail") or request.GET.get("step")),
    )
    return {
        "catalog": catalog,
        "profile": profile,
        "tail": tail,
        "wished": form.chosen(catalog) if asks else None,
        # The dial's own page leads back to the page before; the live dial stays on its page.
        "is_page": not request.htmx
        or urlsplit(request.htmx.current_url or "").path == request.path,
        "next": came_from(request, catalog.get_absolute_url()),
    }


@require_POST
@catalog_page
def personal(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """Turn personal lists on or off; off needs a profile too, to store it."""
    is_on = checked(PersonalForm(request.POST))["personal"] == "on"
    profile = profile_of(request, catalog, create=not is_on)
    if profile is not None:
        services.set_personal(profile=profile, personal=is_on)
    text = (
        _("Lists are made from what you do again.")
        if is_on
        else _("Personal lists are off: only what you put away is read, and no view is kept.")
    )
    return answer(request, {"text": text}, catalog.get_absolute_url())


@require_safe
def you(request: PageRequest) -> HttpResponse:
    """What this site knows of the visitor: per catalogue the dial and everything done, each with its undo."""
    found = []
    for catalog in visible_catalogs(request):
        profile = profile_of(request, catalog)
        acts = latest_acts(profile, 30) if profile is not None else []
        tail = tail_of(request, catalog, profile)
        each = {"catalog": catalog, "profile": profile, "acts": acts, "tail": tail}
        found.append(each | provider().you(profile))
    context = {"found": found}
    return render(request, "_acts_done.html" if request.htmx else "you.html", context)
