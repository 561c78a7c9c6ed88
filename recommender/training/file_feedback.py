"""What the events of files say, by the same rules as a catalogue's: kinds, scales, order.

A file has no catalogue, so its kinds are the presets. Its values are read on the scale that the
caller names, else on the one that they look like; a notice says which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from catalog.feedback.order import decide, pair_numbers
from catalog.feedback.signs import Events, codes_of
from catalog.models.event_kinds import Kind, Kinds, preset_rows
from catalog.models.event_rules import EventRules
from catalog.models.rating_scales import RANGES, Scale, guess
from catalog.validation.event_values import EventReader, KindWords
from catalog.validation.field_readers import BadField
from recommender.engine.data.errors import DataError

QUANTITY, IGNORED = "quantity", "none"
SCALES = (*Scale.values, QUANTITY, IGNORED)
"""What ``scale`` may be."""


@dataclass(frozen=True)
class EventColumns:
    """Events, oldest first, all of shape (n,).

    ``kinds``: "" where none was named. ``values`` and ``quantities``: NaN where there is none.
    """

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    kinds: Sequence[str]
    values: NDArray[np.float64]
    quantities: NDArray[np.float64]


@dataclass(frozen=True)
class EventsRead:
    """What counts of the events, all of shape (n,).

    ``positive`` and ``negative`` are masks; an event may be neither. ``known``: events that stand
    and after which their item is not recommended again. ``repeatable``: reasons of kinds that
    bring their item back. ``ratings``: NaN where there is none.
    """

    positive: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    known: NDArray[np.bool_]
    repeatable: NDArray[np.bool_]
    weights: NDArray[np.float32]
    ratings: NDArray[np.float32]


@dataclass
class FileFeedback:
    """Reads the events of one log.

    Args:
        scale: one of ``SCALES``; None = what the values look like.
        map_kind: the file's word -> a kind.
    """

    scale: str | None = None
    map_kind: Mapping[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    kinds: Kinds = field(default_factory=lambda: Kinds(preset_rows()))

    def __post_init__(self) -> None:
        if self.scale is not None and self.scale not in SCALES:
            raise DataError(f"scale: {self.scale!r} is not one of {', '.join(SCALES)}")
        try:
            reader = EventReader(self.kinds, Scale.FIVE)
            self._words = KindWords(reader, "", self.map_kind)
        except BadField as error:
            raise DataError(f"map-kind: {error.value!r} {error.reason}") from None

    def kind_of(self, word: str) -> str | None:
        """The kind that a word of the file names: empty for an empty one, None for an unknown."""
        found = self._words.read(word)
        return found if not found or found in self.kinds else None

    def read(self, events: EventColumns) -> EventsRead:
        """What counts of the events.

        Raises:
            DataError: for a rating outside the scale.
        """
        scale, zero = self._scale(events)
        usual = Kind.TAKE if scale in (QUANTITY, IGNORED) else Kind.RATE
        kinds = [kind or usual.value for kind in events.kinds]
        values = np.full(len(kinds), np.nan) if scale == IGNORED else events.values
        rules = EventRules(self.kinds, scale if scale in RANGES else Scale.FIVE, zero)
        pairs = pair_numbers(events.users.astype(np.int64), events.items.astype(np.int64))
        said = Events(codes_of(rules, kinds), values, events.quantities)
        found = decide(rules, pairs, said)
        self.notices += self._words.notices()
        weights = found.said.weights
        return EventsRead(
            positive=found.reasons & (weights > 0),
            negative=found.turned_down,
            known=found.stands & _are(kinds, self.kinds.known),
            repeatable=found.reasons & _are(kinds, self.kinds.repeatable),
            weights=weights,
            ratings=found.said.ratings,
        )

    def _scale(self, events: EventColumns) -> tuple[str, bool]:
        """The scale of the ratings, and whether 0 means none."""
        of_ratings = np.array([kind in ("", Kind.RATE.value) for kind in events.kinds], dtype=bool)
        values = events.values[of_ratings & ~np.isnan(events.values)]
        if self.scale is None:
            return self._guessed(values)
        if self.scale not in RANGES:
            return self.scale, False
        allowed = RANGES[self.scale]
        zero = allowed.low > 0 and bool((values == 0).any())
        outside = values[(values < allowed.low) | (values > allowed.high)]
        outside = outside[outside != 0] if zero else outside
        if len(outside):
            raise DataError(
                f"value: {outside[0]:g} is not on the scale {self.scale} ({len(outside)} such rows)"
            )
        if zero:
            self.notices.append("value: 0 was read as no rating")
        return self.scale, zero

    def _guessed(self, values: NDArray[np.float64]) -> tuple[str, bool]:
        scale, zero = guess(values)
        if scale == IGNORED:
            return scale, False
        if scale == QUANTITY:
            self.notices.append(
                "value: read as quantities; --scale 1-5 and others read ratings, --scale none "
                "ignores the values"
            )
            return scale, False
        limits = RANGES[scale]
        self.notices.append(
            f"value: read as ratings on the scale {scale}: up to {limits.bad:g} disliked, from "
            f"{limits.good:g} liked{', 0 no rating' if zero else ''}; --scale names another, "
            "--scale none ignores the values"
        )
        return scale, zero


def _are(kinds: Sequence[str], wanted: Collection[str]) -> NDArray[np.bool_]:
    return np.array([kind in wanted for kind in kinds], dtype=bool)
