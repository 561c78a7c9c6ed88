"""The tail dial."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalog.models import Catalog
from catalog.profiles import services
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import DialForm, checked
from catalog.views.helpers import (
    PageRequest,
    came_from,
    catalog_page,
    remember_tail,
    safe_next,
    tail_of,
)
from catalog.views.page_provider import provider


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def dial(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """The tail dial of the profile, or of the visit without one; POST sets it."""
    if request.method == "POST":
        return _set_dial(request, catalog)
    context = _dial_context(request, catalog)
    if context["wanted"] is not None:
        context["changes"] = provider().dial_changes(
            context["profile"], catalog, now=context["tail"], wanted=context["wanted"]
        )
    return render(
        request, "catalog/_dial_preview.html" if request.htmx else "catalog/dial.html", context
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
    """``tail``: the dial's setting; ``wanted``: the setting in the address, or None."""
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
        "wanted": form.chosen(catalog) if asks else None,
        # The dial's own page leads back to the page before; the live dial stays on its page.
        "is_page": not request.htmx
        or urlsplit(request.htmx.current_url or "").path == request.path,
        "next": came_from(request, catalog.get_absolute_url()),
    }
