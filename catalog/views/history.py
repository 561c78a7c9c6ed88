"""The history of a person in a catalogue. Events can be removed, and restored for an hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.interactions.record import delete_interaction, record_interaction
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import kinds_of
from catalog.profiles.request_profile import profile_of
from catalog.search.pagination import PAGE, Pages
from catalog.views.forms import HistoryForm, RemovalForm, checked
from catalog.views.helpers import PageRequest, catalog_page
from catalog.views.notices import answer
from config.errors import AppError

SALT = "catalog.removed-event"
UNDO_SECONDS = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def history(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """The visitor's events, newest first; POST removes one event or restores it."""
    profile = profile_of(request, catalog)
    if request.method == "POST":
        return _change(request, catalog, profile)
    cleaned = checked(HistoryForm(request.GET, kinds=kinds_of(catalog)))
    context = {
        "catalog": catalog,
        "profile": profile,
        "kind": cleaned["kind"],
        **_shown(profile, cleaned),
    }
    return render(
        request, "catalog/_history.html" if request.htmx else "catalog/history.html", context
    )


def _shown(profile: Profile | None, cleaned: dict[str, Any]) -> dict[str, Any]:
    if profile is None:
        return {"acts": [], "kinds": [], "total": 0, "pages": Pages(1, 0)}
    rows, number, kind = profile.interactions.all(), cleaned["page"] or 1, cleaned["kind"]
    counted = rows.order_by().values_list("kind").annotate(number=Count("pk"))
    numbers = dict(counted)
    total = numbers.get(kind, 0) if kind else sum(numbers.values())
    # The last event of the last page may have been removed.
    pages = Pages(min(number, Pages(1, total).last), total)
    found = (rows.filter(kind=kind) if kind else rows).select_related("item")
    acts = list(
        found.prefetch_related("item__item_categories__category")[(pages.number - 1) * PAGE :][
            :PAGE
        ]
    )
    for act in acts:
        act.catalog = act.item.catalog = profile.catalog
    kinds = [
        (each.name, each.label, numbers[each.name])
        for each in kinds_of(profile.catalog).values()
        if numbers.get(each.name)
    ]
    return {"acts": acts, "kinds": kinds, "total": sum(numbers.values()), "pages": pages}


def _change(request: PageRequest, catalog: Catalog, profile: Profile | None) -> HttpResponseBase:
    cleaned, here = (
        checked(RemovalForm(request.POST)),
        reverse("catalog:history", args=[catalog.slug]),
    )
    if cleaned["event"]:
        item = _bring_back(profile, cleaned["event"])
        return answer(
            request, {"text": _("Undone. “%(title)s” is back as it was.") % {"title": item}}, here
        )
    act = (
        Interaction.objects.filter(profile=profile, pk=cleaned["remove"])
        .select_related("item")
        .first()
    )
    if profile is None or act is None:
        return answer(request, {"text": _("This was already removed.")}, here)
    token = _token(act)
    delete_interaction(interaction=act)
    text = _(
        "Removed: “%(title)s”, %(kind)s. Your lists change now, the model with the next "
        "training run."
    ) % {
        "title": act.item,
        "kind": kinds_of(catalog).label(act.kind),
    }
    return answer(
        request, {"text": text, "undo": here, "kind": "1", "fields": {"event": token}}, here
    )


def _token(act: Interaction) -> str:
    """The event, signed for its person; a removed event is stored only in this token."""
    event = [
        act.profile_id,
        act.item_id,
        act.kind,
        act.value,
        act.created_at.isoformat(),
        act.event_id,
    ]
    return signing.dumps(event, salt=SALT)


def _bring_back(profile: Profile | None, token: str) -> Item:
    try:
        owner, item_id, kind, value, at, event_id = signing.loads(
            token, salt=SALT, max_age=UNDO_SECONDS
        )
    except signing.BadSignature:
        raise AppError("undo_expired", _("This can no longer be undone."), 409) from None
    item = Item.objects.filter(pk=item_id).select_related("catalog").first()
    if profile is None or owner != profile.pk or item is None:
        raise AppError("undo_expired", _("This can no longer be undone."), 409)
    when = datetime.fromisoformat(at)
    if not Interaction.objects.filter(
        profile=profile, item=item, kind=kind, created_at=when
    ).exists():
        record_interaction(
            profile=profile, item=item, kind=kind, value=value, created_at=when, event_id=event_id
        )
    return item
