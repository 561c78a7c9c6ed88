"""The request for a list: the person, the dial, the catalogue's settings, the tuned blend."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Catalog, Category, Profile
from recommender.engine.data.request import Request
from recommender.engine.data.types import BoolArray
from recommender.serving import availability
from recommender.serving.item_index import ItemIndex
from recommender.serving.user_context import UserContext

#: Items of a list whose length nobody states.
LISTED = 24

MIN_TAIL_SHARE = 0.2
"""A fifth of every list introduces less known items, unless the dial is at 0: then nothing is
reserved."""

DIVERSITY = 0.15
"""Enough to part twins (the same mug in red), too little to bring what does not fit."""


@dataclass(frozen=True)
class ListOptions:
    """What a caller may ask of a list beside its length.

    Args:
        tail: the dial, 0 … 1, held within the catalogue's bounds; None = the person's, else the
            catalogue's.
        category: one of the catalogue's, or its name; None = all.
        among: pks of what the list may hold; None = everything.
        calibration: 0 … 1, as in ``engine.Request``; None = the catalogue's, or what tuning found
            if that is more.
        min_provider_share: 0 … 1, likewise; never less than the catalogue's.
        languages: codes; only items in one of them, as they are spelled in the catalogue.
    """

    tail: float | None = None
    category: Category | str | None = None
    among: Collection[int] | None = None
    calibration: float | None = None
    min_provider_share: float | None = None
    languages: Sequence[str] = ()

    def narrowed(self, catalog: Catalog) -> Collection[int] | None:
        """Pks of what ``among`` and ``languages`` leave; None = everything."""
        if not self.languages:
            return self.among
        found = set(availability.available_in(catalog, languages=self.languages))
        return found if self.among is None else found.intersection(self.among)


def dial_of(profile: Profile | None, catalog: Catalog, tail: float | None) -> float:
    """Where the dial is: ``tail``, else the person's, else the catalogue's; within its bounds."""
    own = profile.tail if profile is not None and tail is None else tail
    return catalog.clamp_tail(own)


def personal_part(catalog: Catalog, dial: float) -> float:
    """Which part of the dial, 0 … 1, is the person's: what goes beyond the catalogue's default."""
    return max(0.0, dial - catalog.clamp_tail(None)) / dial if dial else 0.0


def list_request(
    user: UserContext,
    index: ItemIndex,
    n: int,
    dial: float,
    options: ListOptions,
    *,
    blend: Mapping[str, Any],
) -> Request:
    """The engine's request for a list of ``n`` items.

    ``blend``: of the version, as tuning found it.
    """
    catalog = user.catalog
    calibration = options.calibration
    if calibration is None:
        calibration = max(catalog.calibration, float(blend.get("calibration", 0.0)))
    return Request(
        user.query(index),
        n=n,
        tail=dial,
        exclude=index.indices(user.known),
        allowed=_allowed(user, index, options),
        min_tail_share=max(MIN_TAIL_SHARE, float(blend.get("min_tail_share", 0.0)))
        if dial
        else 0.0,
        diversity=DIVERSITY,
        calibration=calibration,
        min_provider_share=max(catalog.min_provider_share, options.min_provider_share or 0.0),
    )


def _allowed(user: UserContext, index: ItemIndex, options: ListOptions) -> BoolArray:
    """(n_items,) what may be shown now: one query, small either way."""
    if options.category or options.languages:
        name = str(options.category) if options.category else None
        allowed = index.mask(
            availability.available_in(user.catalog, name, languages=options.languages)
        )
    else:
        allowed = ~index.mask(user.unavailable)
    if user.left_out.keys.size:
        allowed = allowed & ~user.left_out.mask(index)
    return allowed if options.among is None else allowed & index.mask(options.among)
