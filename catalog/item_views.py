"""What is said of one item beside the acts: that it is no reason for lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog import aside as asides
from catalog.models import Catalog, Item
from catalog.pages import PageRequest, catalog_page, item_or_404
from catalog.people import profile_of
from catalog.views import answer


@require_POST
@catalog_page
def aside(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponseBase:
    """Set an item aside, or with ``undo`` take it up again."""
    item, undo = item_or_404(catalog, pk), bool(request.POST.get("undo"))
    profile = profile_of(request, catalog, create=not undo)
    if undo and profile is not None:
        asides.take_up_again(profile=profile, item=item)
    elif profile is not None:
        asides.set_aside(profile=profile, item=item)
    return answer(request, _aside_notice(item, undo=undo), item.get_absolute_url())


def _aside_notice(item: Item, *, undo: bool) -> dict[str, Any]:
    if undo:
        return {"text": _("“%(title)s” counts again.") % {"title": item}}
    return {
        "text": _("Nothing is shown because of “%(title)s” any more.") % {"title": item},
        "undo": reverse("catalog:aside", args=[item.catalog.slug, item.pk]),
        "kind": "aside",
    }
