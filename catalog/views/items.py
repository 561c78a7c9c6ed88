"""Forms of one item: stars, and excluding it as a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog.interactions.record import undo_interactions
from catalog.models import Catalog, Item
from catalog.models.event_kinds import Kind
from catalog.profiles import excluded_reasons, ratings
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import StarsForm, checked
from catalog.views.helpers import PageRequest, catalog_page, item_or_404
from catalog.views.home import answer
from config.errors import AppError


@require_POST
@catalog_page
def exclude_reason(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponseBase:
    """Exclude an item as a reason for lists, or with ``undo`` restore it."""
    item, undo = item_or_404(catalog, pk), bool(request.POST.get("undo"))
    profile = profile_of(request, catalog, create=not undo)
    if undo and profile is not None:
        excluded_reasons.restore_reason(profile=profile, item=item)
    elif profile is not None:
        excluded_reasons.exclude_reason(profile=profile, item=item)
    return answer(request, _exclude_notice(item, undo=undo), item.get_absolute_url())


def _exclude_notice(item: Item, *, undo: bool) -> dict[str, Any]:
    if undo:
        return {"text": _("“%(title)s” counts again.") % {"title": item}}
    return {
        "text": _("Nothing is shown because of “%(title)s” any more.") % {"title": item},
        "undo": reverse("catalog:exclude_reason", args=[item.catalog.slug, item.pk]),
        "kind": "excluded_reason",
    }


@require_POST
@catalog_page
def rate(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponseBase:
    """Give an item stars, or with ``undo`` delete them."""
    item, form = item_or_404(catalog, pk), StarsForm(request.POST)
    cleaned = checked(form)
    profile = profile_of(request, catalog, create=not cleaned["undo"])
    if cleaned["undo"]:
        if profile is not None:
            undo_interactions(profile=profile, item=item, kinds=[Kind.RATE])
        return answer(request, {"text": _("Your stars are taken back.")}, item.get_absolute_url())
    if not ratings.takes_stars(catalog):
        raise AppError("invalid", _("This catalogue takes no stars."), 400, {"field": "stars"})
    assert profile is not None
    ratings.rate(profile=profile, item=item, stars=cleaned["stars"])
    return answer(request, _stars_notice(item, cleaned["stars"]), item.get_absolute_url())


def _stars_notice(item: Item, given: int) -> dict[str, Any]:
    text = ngettext("You gave “%(title)s” %(n)s star.", "You gave “%(title)s” %(n)s stars.", given)
    return {
        "text": text % {"title": item, "n": given},
        "undo": reverse("catalog:rate", args=[item.catalog.slug, item.pk]),
        "kind": str(Kind.RATE),
    }
