"""What the site knows of a person, and whether lists are personal."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.browse.cards import latest_acts
from catalog.item_traits import traits_of
from catalog.models import Catalog
from catalog.profiles import services
from catalog.profiles.reading import set_languages
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import PersonalForm, checked
from catalog.views.helpers import (
    PageRequest,
    catalog_page,
    tail_of,
    visible_catalogs,
)
from catalog.views.notices import answer
from catalog.views.page_provider import provider
from config.errors import invalid_field


@require_POST
@catalog_page
def personal(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """Turn personal lists on or off; off needs a profile too, to store it."""
    is_on = checked(PersonalForm(request.POST))["personal"] == "on"
    profile = profile_of(request, catalog, create=not is_on)
    if profile is not None:
        services.set_personal(profile=profile, personal=is_on)
    text = (
        _("Personal lists are on. They use your activity again.")
        if is_on
        else _("Personal lists are off. Only what you hid is used, and views are not recorded.")
    )
    return answer(request, {"text": text}, catalog.get_absolute_url())


@require_POST
@catalog_page
def languages(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """Store the languages that a person reads; none chosen: not said."""
    chosen = request.POST.getlist("languages")
    known = traits_of(catalog).codes
    for code in chosen:
        if code not in known:
            raise invalid_field(
                "languages", code, _("must be one of %(codes)s") % {"codes": ", ".join(known)}
            )
    profile = profile_of(request, catalog, create=bool(chosen))
    if profile is not None:
        set_languages(profile=profile, languages=list(dict.fromkeys(chosen)))
    return answer(request, {"text": _("Saved. Lists follow it now.")}, catalog.get_absolute_url())


@require_safe
def you(request: PageRequest) -> HttpResponse:
    """What this site stores about the visitor, by catalogue: the dial and all events."""
    found = []
    for catalog in visible_catalogs(request):
        profile = profile_of(request, catalog)
        acts = latest_acts(profile, 30) if profile is not None else []
        tail = tail_of(request, catalog, profile)
        each = {"catalog": catalog, "profile": profile, "acts": acts, "tail": tail}
        found.append(each | provider().you(profile))
    context = {"found": found}
    return render(request, "_acts_done.html" if request.htmx else "you.html", context)
