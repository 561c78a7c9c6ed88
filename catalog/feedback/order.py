"""Which events still stand: the later act wins, and what was given back is gone.

For each person and item, in the order of time:

- An event that takes back (a refund, a quantity below 0) removes the latest earlier ones.
- Only the latest rating counts.
- Of likes and dislikes the latest decides. If it is a dislike, no event with the item is a reason;
  if it is a like, the dislikes before it are gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.feedback.signs import Events, Signs, signs_of
from catalog.models.event_rules import EventRules

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decided:
    """What of a log counts; masks of shape (n,).

    ``reasons``: events that speak for their item. ``turned_down``: the dislikes that count, one for
    each person and item. ``stands``: what was not taken back and no later rating replaced.
    """

    said: Signs
    reasons: BoolArray
    turned_down: BoolArray
    stands: BoolArray


def decide(rules: EventRules, pairs: NDArray[np.int64], events: Events) -> Decided:
    """Decide what counts. ``pairs``: (n,) a number for each person and item; oldest first."""
    said = signs_of(rules, events)
    takes_back = _takes_back(rules, events, said)
    stands = ~takes_back
    if takes_back.any():
        _take_back(rules, pairs, events, said, takes_back, stands)
    rated = ~np.isnan(said.ratings) & stands
    stands &= ~rated | _last_of_each(pairs, rated)
    last = _last_of_each(pairs, stands & (said.signs != 0))
    turned_down = last & (said.signs < 0)
    pairs_down = np.isin(pairs, pairs[turned_down]) if turned_down.any() else turned_down
    return Decided(said, stands & (said.signs >= 0) & ~pairs_down, turned_down, stands)


def pair_numbers(users: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) a number for each person and item."""
    if not len(items):
        return np.zeros(0, dtype=np.int64)
    return np.asarray(users.astype(np.int64) * (int(items.max()) + 1) + items)


def _last_of_each(pairs: NDArray[np.int64], among: BoolArray) -> BoolArray:
    """(n,) mask of the last row of each pair among these rows."""
    rows = np.flatnonzero(among)[::-1]
    found = np.zeros(len(pairs), dtype=bool)
    found[rows[np.unique(pairs[rows], return_index=True)[1]]] = True
    return found


def _takes_back(rules: EventRules, events: Events, said: Signs) -> BoolArray:
    cancelling = np.array([*(bool(row.cancels) for row in rules.kinds.values()), False])
    return np.asarray(cancelling[events.codes] | (said.pieces < 0), dtype=bool)


def _take_back(
    rules: EventRules,
    pairs: NDArray[np.int64],
    events: Events,
    said: Signs,
    takes_back: BoolArray,
    stands: BoolArray,
) -> None:
    """Remove what was taken back from ``stands``. Few pairs have such an event."""
    names = list(rules.kinds)
    reach = {
        code: {names.index(other) for other in row.cancels if other in names} or {code}
        for code, row in enumerate(rules.kinds.values())
    }
    left = np.nan_to_num(said.pieces, nan=1.0)
    earlier: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(pairs, pairs[takes_back])).tolist():
        known = earlier.setdefault(int(pairs[row]), [])
        if not takes_back[row]:
            known.append(row)
            continue
        found = [each for each in known if events.codes[each] in reach[int(events.codes[row])]]
        for removed in _removed(found, said.pieces[row], left):
            stands[removed] = False
            known.remove(removed)


def _removed(found: list[int], pieces: float, left: NDArray[np.float64]) -> list[int]:
    """The events that are gone: the latest, or as many as the pieces make up.

    ``left``: (n,) the pieces that each event still has; it is changed.
    """
    if np.isnan(pieces):
        return found[-1:]
    removed, wanted = [], abs(float(pieces))
    for row in reversed(found):
        taken = min(wanted, float(left[row]))
        left[row] -= taken
        wanted -= taken
        if left[row] <= 0:
            removed.append(row)
        if wanted <= 0:
            break
    return removed
