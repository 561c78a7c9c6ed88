"""What a person does with an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog.browse.actions import action_of
from catalog.browse.cards import done_by
from catalog.interactions.record import record_interaction, undo_interactions
from catalog.models import Catalog, Item, Profile
from catalog.models.event_kinds import Kind
from catalog.profiles import excluded_reasons, ratings
from catalog.profiles.request_profile import profile_of
from catalog.profiles.suspects import mark_agent
from catalog.profiles.view_events import is_program
from catalog.views.forms import ActForm, StarsForm, checked
from catalog.views.helpers import (
    PageRequest,
    catalog_page,
    item_or_404,
)
from catalog.views.notices import answer
from catalog.views.page_provider import provider
from config.errors import AppError


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
            profile, "", {"text": _("Undone. “%(title)s” is back as it was.") % {"title": item}}
        )
    assert profile is not None
    # The same button pressed twice, or in two tabs, records one event.
    if cleaned["kind"] not in done_by(profile, [item.pk]).get(item.pk, ()):
        record_interaction(profile=profile, item=item, kind=cleaned["kind"])
        agent = request.headers.get("User-Agent", "")
        if agent and is_program(agent):
            mark_agent(profile=profile, agent=agent)
    return Performed(profile, cleaned["kind"], _notice(catalog, item, cleaned["kind"]))


def _notice(catalog: Catalog, item: Item, kind: str) -> dict[str, Any]:
    action = action_of(catalog, kind)
    text = str(action.notice) % {"title": item} if action else str(item)
    return {
        "text": text,
        "undo": reverse("catalog:act", args=[catalog.slug, item.pk]),
        "kind": str(kind),
    }


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
        return {"text": _("“%(title)s” is used for recommendations again.") % {"title": item}}
    return {
        "text": _("“%(title)s” is no longer used for recommendations.") % {"title": item},
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
        return answer(
            request, {"text": _("Your rating has been removed.")}, item.get_absolute_url()
        )
    if not ratings.takes_stars(catalog):
        raise AppError("invalid", _("This catalogue has no star ratings."), 400, {"field": "stars"})
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
