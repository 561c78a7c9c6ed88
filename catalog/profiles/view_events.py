"""Looking at an item's page, written down once per visit and for people only."""

from __future__ import annotations

import re

from django.http import HttpRequest

from catalog.interactions.record import record_interaction
from catalog.models import Item, Profile
from catalog.models.event_kinds import Kind
from catalog.profiles.request_profile import profile_of

MACHINES = re.compile(
    r"bot|crawl|spider|slurp|preview|scan|monitor|curl|wget|python|httpx|libwww|^$", re.IGNORECASE
)
#: Kept in the session; a visit of more items than this may count one twice.
REMEMBERED = 300


def is_person_looking(request: HttpRequest) -> bool:
    """Not a machine, not a browser that fetches ahead, not a part of a page that is open already."""
    ahead = (
        request.headers.get("Sec-Purpose", "")
        + request.headers.get("Purpose", "")
        + request.headers.get("X-Moz", "")
    )
    agent = request.headers.get("User-Agent", "")
    part = "HX-Request" in request.headers
    return (
        request.method == "GET"
        and not part
        and "prefetch" not in ahead
        and not MACHINES.search(agent)
    )


def record_view(request: HttpRequest, item: Item) -> Profile | None:
    """Write the view down unless this visit has it or the visitor wants no profile; the visitor's profile, if any."""
    seen = request.session.get("seen", [])
    if item.pk in seen or not item.available or not is_person_looking(request):
        return profile_of(request, item.catalog)
    profile = profile_of(request, item.catalog, create=True)
    assert profile is not None
    if not profile.personal:
        return profile
    record_interaction(profile=profile, item=item, kind=Kind.VIEW)
    request.session["seen"] = [*seen, item.pk][-REMEMBERED:]
    return profile
