"""What is known of a person now: the engine's view of a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
from django.conf import settings

from catalog.models import Catalog, Profile
from catalog.models.event_kinds import NEGATIVE_KINDS
from catalog.profiles import history
from catalog.profiles.hidden import hidden_items
from recommender.engine.data.types import FloatArray, NegativeFeedback, Query, StatedPreferences
from recommender.preferences import selectors
from recommender.serving import availability
from recommender.serving.live_models import LiveModel
from recommender.training.datasets import confidences, stars_of


@dataclass(frozen=True)
class UserContext:
    """What is known of somebody at this moment.

    ``history``: item pks, oldest first, with their ``weights`` and the ``stars`` given, nan where there are none;
    ``known``: items that lists leave out, ``hidden`` among them: those of a hidden category or provider;
    ``stated_preferences``: what they said of themselves;
    ``refused``: items turned down, oldest first, each with later choices;
    ``is_off``: they want no lists of their own, so nothing is known of them but what they put away on purpose.
    """

    history: Sequence[int]
    weights: FloatArray
    known: Collection[int]
    catalog: Catalog
    stated_preferences: StatedPreferences = field(default_factory=StatedPreferences)
    stars: FloatArray | None = None
    is_off: bool = False
    hidden: Collection[int] = frozenset()
    refused: Sequence[tuple[int, Collection[int]]] = ()

    @cached_property
    def unavailable(self) -> list[int]:
        """Items that nobody is shown; asked once for a page of several lists."""
        return availability.unavailable(self.catalog)

    @property
    def unwanted(self) -> frozenset[int]:
        """Items that the person turned down, or hid with their category or provider."""
        return frozenset(self.hidden) | {pk for pk, _since in self.refused}

    @cached_property
    def revision(self) -> str:
        """Changes with everything that the person's lists are made from: events, hidden items, settings."""
        said = self.stated_preferences
        state = (
            list(self.history),
            self.weights.tolist(),
            None if self.stars is None else self.stars.tolist(),
            sorted(self.known),
            sorted(self.hidden),
            [(pk, sorted(since)) for pk, since in self.refused],
            (said.text, sorted(said.wanted.items()), sorted(said.unwanted)),
            self.is_off,
        )
        return blake2b(repr(state).encode(), digest_size=16).hexdigest()

    def without(self, pks: Collection[int]) -> UserContext:
        """The same person had they never met those items: nothing is its own reason."""
        kept = np.array([pk not in pks for pk in self.history], dtype=bool)
        history = [pk for pk, keep in zip(self.history, kept, strict=True) if keep]
        stars = None if self.stars is None else self.stars[kept]
        return replace(self, history=history, weights=self.weights[kept], stars=stars)

    def with_preferences(self, stated_preferences: StatedPreferences) -> UserContext:
        """The same person had they said this of themselves; of who wants no profile nothing is read."""
        return self if self.is_off else replace(self, stated_preferences=stated_preferences)

    def query(self, model: LiveModel) -> Query:
        """The history as far as the model knows its items; a repeated item counts once, where it was met last."""
        positions, known = model.positions(self.history)
        weight_of: dict[int, float] = {}
        for index, weight in zip(
            positions[known].tolist(), self.weights[known].tolist(), strict=True
        ):
            weight_of[index] = weight_of.pop(index, 0.0) + weight
        query = Query.of(list(weight_of), list(weight_of.values()))
        return replace(
            query,
            stated_preferences=self.stated_preferences,
            values=self._values(model, weight_of),
            negative_feedback=self.negative_feedback(model),
        )

    def negative_feedback(self, model: LiveModel) -> tuple[NegativeFeedback, ...]:
        """What was turned down, as far as the model knows it; nothing sinks with it for who wants no profile."""
        if self.is_off:
            return ()
        known = ((model.index_of(pk), since) for pk, since in self.refused)
        return tuple(
            NegativeFeedback(index, model.indices(sorted(since)))
            for index, since in known
            if index is not None
        )

    def _values(self, model: LiveModel, indices: Iterable[int]) -> FloatArray | None:
        """The latest stars for each of the items, nan where there are none."""
        if self.stars is None:
            return None
        positions, known = model.positions(self.history)
        given = zip(positions[known].tolist(), self.stars[known].tolist(), strict=True)
        stars_of = {index: stars for index, stars in given if stars == stars}
        return np.array([stars_of.get(index, np.nan) for index in indices], dtype=np.float32)


def user_context_of(
    profile: Profile | None,
    catalog: Catalog,
    *,
    stated_preferences: StatedPreferences | None = None,
) -> UserContext:
    """What is known of a profile now, in two queries, two more for who hides anything.

    Nobody's for None; of who turned their own lists off what they put away.
    ``stated_preferences``: read here unless given.
    """
    if profile is None:
        return UserContext((), np.empty(0, dtype=np.float32), frozenset(), catalog)
    if not profile.personal:
        return _without_profile(profile, catalog)
    weights = catalog.weights
    past, hidden = history.past(profile, n=settings.HISTORY_LENGTH), hidden_items(profile)
    done = [act for act in reversed(past.liked) if weights[act.kind] > 0]
    return UserContext(
        [act.item_id for act in done],
        confidences([act.kind for act in done], [act.value for act in done], weights),
        past.known | hidden,
        catalog,
        selectors.preferences_in(selectors.interest_text(profile), catalog, profile)
        if stated_preferences is None
        else stated_preferences,
        stars_of([act.kind for act in done], [act.value for act in done]),
        hidden=hidden,
        refused=past.disliked,
    )


def _without_profile(profile: Profile, catalog: Catalog) -> UserContext:
    """Who wants no lists of their own: what they turned down or hid is a plain wish, and stays out; one query, two more
    for who hides anything."""
    refused, hidden = history.known(profile, NEGATIVE_KINDS), hidden_items(profile)
    return UserContext(
        (),
        np.empty(0, dtype=np.float32),
        hidden | refused,
        catalog,
        is_off=True,
        hidden=hidden,
        refused=[(pk, frozenset()) for pk in sorted(refused)],
    )
