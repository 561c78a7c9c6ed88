"""Records views of item pages, once a visit, and only of people."""

from __future__ import annotations

from functools import lru_cache

from crawlerdetect import CrawlerDetect
from django.http import HttpRequest

from catalog.interactions.record import record_interaction
from catalog.models import Item, Profile
from catalog.models.event_kinds import Kind
from catalog.profiles.request_profile import profile_of

#: Items of a visit that the session remembers; more views may be counted twice.
REMEMBERED = 300


def is_person_looking(request: HttpRequest) -> bool:
    """Whether a person opened the page.

    False for robots, prefetches and fragments of an open page.
    """
    ahead = (
        request.headers.get("Sec-Purpose", "")
        + request.headers.get("Purpose", "")
        + request.headers.get("X-Moz", "")
    )
    is_fragment = "HX-Request" in request.headers
    return (
        request.method == "GET"
        and not is_fragment
        and "prefetch" not in ahead
        and not is_program(request.headers.get("User-Agent", ""))
    )


@lru_cache(maxsize=1024)
def is_program(agent: str) -> bool:
    """Whether a User-Agent names a crawler or a library, or nothing.

    A browser without a window counts as a browser: people who need a page read aloud use one.
    """
    agent = agent.replace("HeadlessChrome", "Chrome")
    return not agent.strip() or bool(_crawlers().isCrawler(agent))


@lru_cache(maxsize=1)
def _crawlers() -> CrawlerDetect:
    return CrawlerDetect()


def record_view(request: HttpRequest, item: Item) -> Profile | None:
    """Record a view unless this visit has it or the visitor turned personal lists off.

    Returns:
        The visitor's profile, if there is one.
    """
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
