"""Planned pages, remembered for as long as somebody scrolls, so that a row loaded later is not made
anew.

A stored page is found by its id and served only if it was made for the same state: the same person
at the same revision, the same version, dial, filters and catalogue settings. Anything that the
person does, hides or sets changes the revision, so no page from before is served after it. A sale
that begins or ends is a new state too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from catalog.item_traits import traits_of
from catalog.models import Profile
from config.metrics import count_cache
from recommender.models import ModelVersion
from recommender.serving.list_plan import ListPlan
from recommender.serving.user_context import UserContext

SECONDS = 600
"""Longer than most people look at one page."""

#: Changes with the shape of what is stored: other code does not read it.
FORMAT = 2


@dataclass(frozen=True)
class PageState:
    """What a page depends on: ``profile`` and ``version`` are pks, 0 for none; ``revision``: of the
    user context; ``last_change``: when a sale last began or ended."""

    catalog: int
    profile: int
    revision: str
    version: int
    tail: float
    filters: str
    calibration: float
    min_provider_share: float
    last_change: datetime | None

    @classmethod
    def of(
        cls,
        user: UserContext,
        profile: Profile | None,
        version: ModelVersion | None,
        *,
        tail: float,
        filters: str,
    ) -> PageState:
        return cls(
            user.catalog.pk,
            profile.pk if profile is not None else 0,
            user.revision,
            version.pk if version is not None else 0,
            tail,
            filters,
            user.catalog.calibration,
            user.catalog.min_provider_share,
            traits_of(user.catalog).last_change(timezone.now()),
        )


@dataclass(frozen=True)
class StoredPage:
    """``rows``: by key, in the order of the page; ``seed``: pk of the item that one row starts
    from.
    """

    state: PageState
    rows: Mapping[str, ListPlan]
    seed: int | None


def new_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_urlsafe(12)


def is_id(text: str) -> bool:
    """Whether ``new_id`` could have given it: an address can be edited, and names a cache key."""
    return re.fullmatch(r"[\w-]{16}", text, re.ASCII) is not None


def store(page_id: str, page: StoredPage) -> None:
    """Remember a page, in place of what the id stood for."""
    cache.set(_key(page_id), page, SECONDS)


def load(page_id: str, state: PageState) -> StoredPage | None:
    """The page, if it is still there and was made for this state."""
    found: StoredPage | None = cache.get(_key(page_id))
    fits = found is not None and found.state == state
    count_cache("pages", hit=fits)
    return found if fits else None


def _key(page_id: str) -> str:
    return f"page:{FORMAT}:{page_id}"
