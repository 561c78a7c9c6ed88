"""What is known of a person now: the engine's view of a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
from django.conf import settings
from django.utils import translation

from catalog.models import Catalog, Profile
from catalog.profiles import history
from catalog.profiles.hidden import hidden_items
from catalog.profiles.reading import languages_read, own_items
from catalog.profiles.repeats import repeats
from recommender.engine.data.types import FloatArray, NegativeFeedback, Query, StatedPreferences
from recommender.preferences import selectors
from recommender.serving import availability
from recommender.serving.item_index import ItemIndex
from recommender.serving.left_out import LeftOut, left_out_of


@dataclass(frozen=True)
class UserContext:
    """What is known of a person now.

    Args:
        history: item pks, oldest first.
        weights: (len(history),) confidence of each event.
        known: pks of items that lists leave out; the hidden ones are among them.
        stars: (len(history),) the stars given, NaN where there are none; None = no ratings at all.
        is_off: the person turned personal lists off; only hidden and disliked items are read.
        hidden: pks of items of a hidden category or provider.
        disliked: items that the person turned down, oldest first, each with the items chosen later.
        low_ratings: the stars of those among them that were rated.
        reads: codes of the languages that lists prefer; empty = any.
        own: pks of items that the person supplies; they are among ``known``.
        repeats: the seconds of each event of a repeatable kind, by item.
        due: items that may come back, each with how due it is; see ``with_repeats``.
    """

    history: Sequence[int]
    weights: FloatArray
    known: Collection[int]
    catalog: Catalog
    stated_preferences: StatedPreferences = field(default_factory=StatedPreferences)
    stars: FloatArray | None = None
    is_off: bool = False
    hidden: Collection[int] = frozenset()
    disliked: Sequence[tuple[int, Collection[int]]] = ()
    low_ratings: Mapping[int, float] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    own: Collection[int] = frozenset()
    repeats: Mapping[int, Sequence[float]] = field(default_factory=dict)
    due: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def unavailable(self) -> list[int]:
        """Pks of items that may not be shown, read once for all lists of a page."""
        return availability.unavailable(self.catalog)

    @cached_property
    def left_out(self) -> LeftOut:
        """The items that the person's exclusions leave out of every list."""
        return left_out_of(self.catalog, self.stated_preferences.exclusions)

    @property
    def unwanted(self) -> frozenset[int]:
        """Pks of items that the person disliked, hid or supplies; not those of ``left_out``."""
        return frozenset(self.hidden) | frozenset(self.own) | {pk for pk, _since in self.disliked}

    @cached_property
    def revision(self) -> str:
        """Changes with everything that the lists are made from: events, hidden items, settings."""
        said = self.stated_preferences
        state = (
            list(self.history),
            self.weights.tolist(),
            None if self.stars is None else self.stars.tolist(),
            sorted(self.known),
            sorted(self.hidden),
            [(pk, sorted(since)) for pk, since in self.disliked],
            sorted(self.low_ratings.items()),
            sorted(self.due.items()),
            (said.text, sorted(said.wanted.items()), sorted(said.unwanted)),
            self.left_out.digest if said.exclusions else "",
            self.is_off,
            self.reads,
            sorted(self.own),
        )
        return blake2b(repr(state).encode(), digest_size=16).hexdigest()

    def without(self, pks: Collection[int]) -> UserContext:
        """The context without events of these items, so that no item is its own reason."""
        others = np.array([pk not in pks for pk in self.history], dtype=bool)
        history = [pk for pk, stays in zip(self.history, others, strict=True) if stays]
        stars = None if self.stars is None else self.stars[others]
        return replace(self, history=history, weights=self.weights[others], stars=stars)

    def with_repeats(self) -> UserContext:
        """The context of somebody to whom repeatable items may come back."""
        found = repeats(self.catalog, self.repeats)
        left_out = self.unwanted | set(self.own)
        wanted = {each.item_id: each.share for each in found if each.item_id not in left_out}
        return replace(self, known=set(self.known) - set(wanted), due=wanted)

    def _seen(self, index: ItemIndex) -> tuple[int, ...]:
        """The items of the history that the person only looked at."""
        looked_at = (pk for pk in self.history if pk not in self.known and pk not in self.due)
        return tuple(index.indices(list(dict.fromkeys(looked_at))).tolist())

    def _due(self, index: ItemIndex) -> tuple[tuple[int, float], ...]:
        known = ((index.index_of(pk), share) for pk, share in self.due.items())
        return tuple((item, share) for item, share in known if item is not None)

    def with_preferences(self, stated_preferences: StatedPreferences) -> UserContext:
        """The context with other stated preferences; unchanged if personal lists are off."""
        return self if self.is_off else replace(self, stated_preferences=stated_preferences)

    def query(self, index: ItemIndex) -> Query:
        """The engine's query: the items that the model knows.

        An item with several events is one entry, at its last position, with the sum of weights.
        """
        positions, known = index.positions(self.history)
        weight_of: dict[int, float] = {}
        for item, weight in zip(
            positions[known].tolist(), self.weights[known].tolist(), strict=True
        ):
            weight_of[item] = weight_of.pop(item, 0.0) + weight
        query = Query.of(list(weight_of), list(weight_of.values()))
        return replace(
            query,
            stated_preferences=self.stated_preferences,
            values=self._values(index, weight_of),
            negative_feedback=self.negative_feedback(index),
            seen=self._seen(index),
            due=self._due(index),
        )

    def negative_feedback(self, index: ItemIndex) -> tuple[NegativeFeedback, ...]:
        """The disliked items that the model knows; empty if personal lists are off."""
        if self.is_off:
            return ()
        known = ((index.index_of(pk), pk, since) for pk, since in self.disliked)
        return tuple(
            NegativeFeedback(
                item, index.indices(sorted(since)), self.low_ratings.get(pk, float("nan"))
            )
            for item, pk, since in known
            if item is not None
        )

    def _values(self, index: ItemIndex, indices: Iterable[int]) -> FloatArray | None:
        """(len(indices),) the latest stars of each item, NaN where there are none."""
        if self.stars is None:
            return None
        positions, known = index.positions(self.history)
        given = zip(positions[known].tolist(), self.stars[known].tolist(), strict=True)
        stars_of = {item: stars for item, stars in given if stars == stars}
        return np.array([stars_of.get(item, np.nan) for item in indices], dtype=np.float32)


OF_THE_PAGE = "page"
"""Stands for the language in which the page is shown."""


def user_context_of(
    profile: Profile | None,
    catalog: Catalog,
    *,
    stated_preferences: StatedPreferences | None = None,
    page_language: str | None = OF_THE_PAGE,
) -> UserContext:
    """Read what is known of a profile: two queries, and two more if the person hides anything.

    Returns a context without history for ``None``. If the person turned personal lists off, only
    hidden and disliked items are read. ``stated_preferences``: None = read here.
    ``page_language``: counts as read by a person who did not say which languages they read; None =
    there is no page.
    """
    if page_language == OF_THE_PAGE:
        page_language = translation.get_language()
    if profile is None:
        reads = languages_read(None, catalog, (), page_language)
        return UserContext((), np.empty(0, dtype=np.float32), frozenset(), catalog, reads=reads)
    profile.catalog = catalog  # so that it is not read again
    if not profile.personal:
        return _without_profile(profile, catalog, page_language)
    own = own_items(profile, catalog)
    past, hidden = history.past(profile, n=settings.HISTORY_LENGTH), hidden_items(profile)
    done = [act for act in reversed(past.liked) if act.weight > 0]
    taken = [act.item_id for act in done if act.item_id in past.known]
    return UserContext(
        [act.item_id for act in done],
        np.array([act.weight for act in done], dtype=np.float32),
        past.known | hidden | own,
        catalog,
        selectors.preferences_in(selectors.interest_text(profile), catalog, profile)
        if stated_preferences is None
        else stated_preferences,
        np.array([act.rating for act in done], dtype=np.float32),
        hidden=hidden,
        disliked=past.disliked,
        low_ratings=past.low_ratings,
        reads=languages_read(profile, catalog, taken, page_language),
        own=own,
        repeats=past.repeats,
    )


def _without_profile(profile: Profile, catalog: Catalog, page_language: str | None) -> UserContext:
    """Only hidden and disliked items: one query, and two more if the person hides anything."""
    disliked, hidden = history.disliked(profile), hidden_items(profile)
    own = own_items(profile, catalog)
    return UserContext(
        (),
        np.empty(0, dtype=np.float32),
        hidden | disliked | own,
        catalog,
        is_off=True,
        hidden=hidden,
        disliked=[(pk, frozenset()) for pk in sorted(disliked)],
        reads=languages_read(profile, catalog, (), page_language),
        own=own,
    )
