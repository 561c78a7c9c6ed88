"""A card's menu, and the page of hidden categories and providers."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.browse.actions import menu_actions
from catalog.browse.cards import done_by
from catalog.models import Catalog, Hidden, Item, Profile
from catalog.profiles.hidden import hidden_of, hide, unhide
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import HideForm, checked
from catalog.views.helpers import PageRequest, came_from, catalog_page, item_or_404
from catalog.views.notices import answer

#: The most categories that an item's menu offers to hide.
CATEGORIES = 3


@require_safe
@catalog_page
def menu(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponse:
    """The menu of an item: beside its card on a live page, else a page of its own."""
    profile, item = profile_of(request, catalog), item_or_404(catalog, pk)
    present = {(row.what, row.value) for row in hidden_of(profile)}
    context = {
        "catalog": catalog,
        "item": item,
        "actions": menu_actions(done_by(profile, [pk]).get(pk, ())),
        "groups": [
            (what, name, label, (what, name) in present) for what, name, label in _groups(item)
        ],
        "next": request.htmx.current_url_abs_path
        if request.htmx
        else came_from(request, item.get_absolute_url()),
    }
    return render(
        request, "catalog/_card_menu.html" if request.htmx else "catalog/card_menu.html", context
    )


def _groups(item: Item) -> list[tuple[str, str, str]]:
    """What can be hidden with an item: kind, name, label."""
    names = [
        (Hidden.What.CATEGORY, name, item.catalog.category_label(name))
        for name in item.category_names
    ]
    provider = [(Hidden.What.PROVIDER, item.provider, item.provider)] if item.provider else []
    return [(str(what), name, label) for what, name, label in (*names[:CATEGORIES], *provider)]


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def hidden(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """What the visitor has hidden; POST hides something or shows it again."""
    if request.method == "POST":
        return _change(request, catalog)
    rows = hidden_rows(catalog, profile_of(request, catalog))
    template = "catalog/_hidden.html" if request.htmx else "catalog/hidden.html"
    return render(request, template, {"catalog": catalog, "rows": rows})


def hidden_rows(catalog: Catalog, profile: Profile | None) -> list[dict[str, object]]:
    """The hidden rows for ``catalog/_hidden.html``."""
    return [
        {
            "what": row.what,
            "value": row.value,
            "label": _label(catalog, row.what, row.value),
            "since": row.created_at,
        }
        for row in hidden_of(profile)
    ]


def _change(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    cleaned = checked(HideForm(request.POST))
    what, value = cleaned["what"], cleaned["value"]
    profile = profile_of(request, catalog, create=not cleaned["undo"])
    here, label = reverse("catalog:hidden", args=[catalog.slug]), _label(catalog, what, value)
    if cleaned["undo"]:
        if profile is not None:
            unhide(profile=profile, what=what, value=value)
        return answer(
            request,
            {"text": _("“%(name)s” can appear in your lists again.") % {"name": label}},
            here,
        )
    assert profile is not None
    hide(profile=profile, what=what, value=value)
    text = _("“%(name)s” no longer appears in your lists.") % {"name": label}
    undo = {"undo": here, "kind": "1", "fields": {"what": what, "value": value}}
    return answer(request, {"text": text, **undo}, here)


def _label(catalog: Catalog, what: str, value: str) -> str:
    return catalog.category_label(value) if what == Hidden.What.CATEGORY else value
