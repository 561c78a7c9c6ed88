"""Shared by all pages of a catalogue: finding the catalogue, errors, notices with undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from catalog.models import Catalog, Item, Profile
from catalog.models.home_orders import Listing
from catalog.policy.policy import catalogs_for
from config.errors import AppError

VIEW = "catalog.view_catalog"
View = Callable[..., HttpResponseBase]


class PageRequest(HttpRequest):
    """The request with the middleware's additions: ``htmx`` is true for a fragment of a page."""

    htmx: HtmxDetails


def visible_catalogs(request: HttpRequest) -> list[Catalog]:
    """The public catalogues, and those that staff may see by the policy.

    Cached in the request: every header lists them.
    """
    if not hasattr(request, "_catalogs"):
        found = Q(is_public=True)
        if request.user.is_staff:
            found |= Q(pk__in=catalogs_for(request.user, VIEW).values("pk"))
        request._catalogs = list(Catalog.objects.filter(found))  # type: ignore[attr-defined]
    return request._catalogs  # type: ignore[attr-defined]


def catalog_page(view: View) -> View:
    """Give the view its catalogue for the slug; 404 if the visitor may not see it."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        catalog = next((each for each in visible_catalogs(request) if each.slug == slug), None)
        if catalog is None:
            raise Http404
        try:
            response = view(request, catalog, *args, **kwargs)
        except AppError as error:
            response = rejected(request, error, catalog)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return wrapped


def rejected(request: HttpRequest, error: AppError, catalog: Catalog | None = None) -> HttpResponse:
    """An error as a sentence: in the notice for fragments, else as a page."""
    context = {"catalog": catalog, "message": error.message, "status": error.status}
    if getattr(request, "htmx", False):
        # htmx does not swap in error answers, but people must see the error.
        return render(request, "includes/toast.html", {"notice": {"text": error.message}})
    return render(request, "error.html", context, status=error.status)


def item_or_404(catalog: Catalog, pk: int) -> Item:
    item = get_object_or_404(
        Item.objects.prefetch_related("item_categories__category"), catalog=catalog, pk=pk
    )
    item.catalog = catalog
    return item


def safe_next(request: HttpRequest, default: str) -> str:
    """The page of the form, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default


def came_from(request: HttpRequest, default: str) -> str:
    """The page before, if it is another one of ours; ``next`` wins over the browser's referrer."""
    for wanted in (request.GET.get("next", ""), request.headers.get("Referer", "")):
        parts = urlsplit(wanted)
        ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        if ours and parts.path != request.path:
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return default


def tail_of(request: HttpRequest, catalog: Catalog, profile: Profile | None) -> float:
    """The dial's setting: the profile's, else the visit's, else the catalogue's."""
    own = profile.tail if profile is not None else None
    if own is None:
        own = request.session.get("tails", {}).get(str(catalog.pk))
    return catalog.clamp_tail(own)


def listing_of(request: HttpRequest, catalog: Catalog, profile: Profile | None) -> str:
    """The home's order: the profile's, else the visit's, else personal."""
    own = profile.listing if profile is not None else ""
    return own or request.session.get("listings", {}).get(str(catalog.pk), Listing.PERSONAL)


def remember_listing(request: HttpRequest, catalog: Catalog, listing: str) -> None:
    request.session["listings"] = {**request.session.get("listings", {}), str(catalog.pk): listing}


def remember_tail(request: HttpRequest, catalog: Catalog, tail: float) -> None:
    request.session["tails"] = {**request.session.get("tails", {}), str(catalog.pk): tail}
