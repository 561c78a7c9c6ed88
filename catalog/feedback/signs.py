"""What an event says: more of it, less of it, or little; and how much. Defined here alone.

The kind has a sign and a weight. The value of a rating decides its sign: disliked, neither, liked.
A quantity changes the weight of its kind a little; below 0 it takes pieces back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.models.event_kinds import KindRow, Sign
from catalog.models.event_rules import EventRules
from catalog.models.rating_scales import Range

PIECES_CAP = 2.0
"""Ten pieces count twice, a thousand no more: a large order says little more about taste."""

_SIGNS = {Sign.POSITIVE.value: 1, Sign.NEUTRAL.value: 0, Sign.NEGATIVE.value: -1}
#: A kind that the catalogue no longer has says nothing.
_UNKNOWN = KindRow("", 0.0, Sign.NEUTRAL.value, makes_known=False)


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of events, all of shape (n,).

    ``codes``: the kinds, by ``codes_of``. ``values``: NaN where there is none. ``quantities``:
    likewise; None = nobody says any.
    """

    codes: NDArray[np.int64]
    values: NDArray[np.float64]
    quantities: NDArray[np.float64] | None = None

    @classmethod
    def of(
        cls,
        rules: EventRules,
        kinds: Sequence[str],
        values: Sequence[float | None],
        quantities: Sequence[float | None] | None = None,
    ) -> Events:
        given = None if quantities is None else np.array(quantities, dtype=np.float64)
        return cls(codes_of(rules, kinds), np.array(values, dtype=np.float64), given)

    @property
    def pieces(self) -> NDArray[np.float64]:
        """(n,) how many: the quantity, else the value; NaN where nobody says.

        A value below 0 gives back: the quantity says how many.
        """
        if self.quantities is None:
            return self.values
        signed = np.where(self.values < 0, -self.quantities, self.quantities)
        return np.where(np.isnan(self.quantities), self.values, signed)


@dataclass(frozen=True, slots=True)
class Signs:
    """What each event says, all of shape (n,).

    ``signs``: 1 positive, 0 neutral, -1 negative. ``weights``: 0 or more. ``ratings``: NaN for
    events without one. ``pieces``: NaN where nobody says how many.
    """

    signs: NDArray[np.int8]
    weights: NDArray[np.float32]
    ratings: NDArray[np.float32]
    pieces: NDArray[np.float64]


def codes_of(rules: EventRules, kinds: Sequence[str]) -> NDArray[np.int64]:
    """(n,) the position of each kind among the catalogue's; -1 for one that it does not have."""
    numbers = {name: number for number, name in enumerate(rules.kinds)}
    return np.array([numbers.get(kind, -1) for kind in kinds], dtype=np.int64)


def signs_of(rules: EventRules, events: Events) -> Signs:
    """What each event says."""
    rows, codes = [*rules.kinds.values(), _UNKNOWN], events.codes
    ratings = np.where(_table([row.is_rating for row in rows])[codes], events.values, np.nan)
    if rules.zero_is_no_rating:
        ratings[ratings == 0] = np.nan
    signs = _table([_SIGNS[row.sign] for row in rows])[codes]
    weights = _table([row.weight for row in rows]).astype(np.float64)[codes]
    rated = ~np.isnan(ratings)
    signs[rated], factors = _opinions(rules.range, ratings[rated])
    weights[rated] *= factors
    counted = _table([row.counts for row in rows])[codes]
    pieces = np.where(counted, events.pieces, np.nan)
    weights *= _many(np.nan_to_num(pieces, nan=1.0))
    return Signs(
        signs.astype(np.int8), weights.astype(np.float32), ratings.astype(np.float32), pieces
    )


def _opinions(
    scale: Range, ratings: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """The sign of each rating, and its weight as a share of its kind's."""
    signs = np.where(ratings <= scale.bad, -1, np.where(ratings >= scale.good, 1, 0))
    height = np.clip(ratings / scale.high, 0, 1)
    factors = np.where(signs < 0, 0.0, height)
    return signs.astype(np.int8), factors


def _many(pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.minimum(1 + np.log10(np.maximum(pieces, 1.0)), PIECES_CAP))


def _table(values: list[float]) -> NDArray:
    return np.array(values)
