"""Finds profiles that act like programs, by their times alone.

Two signs count, both far beyond what the people of real shops do:

- **rate**: more acts in an hour than ten times the busiest thousandth of the others' hours;
- **burst**: new people who all come for one item. Their whole life lies in one hour, day or week,
  they are a large part of all people of the item, and of all newcomers of that time.

A fashion brings new people for one item too, so a mark can be lifted. Programs that spread their
acts over months, or act like several people of different tastes, are not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HOUR, DAY = 3_600, 86_400
#: Acts in an hour: below this nobody is marked. Wholesalers record 540 lines of one invoice.
LEAST_ACTS = 1_000
TIMES_OTHERS = 10
#: The hours that count as busy among the others'.
BUSIEST = 0.999
SPANS = (HOUR, DAY, 7 * DAY)
#: In the gift shop's real log at most 8 newcomers of a week came for one item; they were .07 of the
#: item's people, and .14 of that week's newcomers.
LEAST_PEOPLE = 8
SHARE_OF_ITEM = 0.25
SHARE_OF_NEWCOMERS = 0.3
#: More of all people cannot be a few intruders: such a catalogue just has many newcomers.
MOST_OF_ALL = 0.1


@dataclass(frozen=True)
class Sign:
    """Why a profile is marked. ``item``: the key of the pushed item, for a burst."""

    reason: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Acts:
    """The log as (n,) int64 columns: keys of profiles and items, seconds since 1970."""

    profiles: NDArray[np.int64]
    items: NDArray[np.int64]
    times: NDArray[np.int64]


def signs(acts: Acts) -> dict[int, Sign]:
    """The marked profiles: at most a tenth of all, and none among fewer than ten."""
    if not len(acts.profiles):
        return {}
    people = len(np.unique(acts.profiles))
    found = dict(_outliers(acts))
    for profile, sign in _bursts(acts, most=MOST_OF_ALL * people):
        found.setdefault(profile, sign)  # the shortest span is the strongest evidence
    return found if len(found) <= MOST_OF_ALL * people else {}


def _outliers(acts: Acts) -> Iterator[tuple[int, Sign]]:
    profiles, rows = np.unique(acts.profiles, return_inverse=True)
    (who, _hour), _group, counts = _pairs(rows, acts.times // HOUR)
    for row in np.unique(who[counts >= LEAST_ACTS]):
        own, profile = who == row, profiles[row]
        others, most = counts[~own], int(counts[own].max())
        if len(others) and most > TIMES_OTHERS * np.quantile(others, BUSIEST):
            yield int(profile), Sign("rate", {"acts_in_an_hour": most})


def _bursts(acts: Acts, most: float) -> Iterator[tuple[int, Sign]]:
    profiles, rows = np.unique(acts.profiles, return_inverse=True)
    first = np.full(len(profiles), np.iinfo(np.int64).max)
    last = np.zeros(len(profiles), dtype=np.int64)
    np.minimum.at(first, rows, acts.times)
    np.maximum.at(last, rows, acts.times)
    items, columns = np.unique(acts.items, return_inverse=True)
    (at, rows), _group, _counts = _pairs(columns, rows)
    people_of_item = np.bincount(at)
    for span in SPANS:
        brief = last - first <= span
        for shift in (0, span // 2):  # a burst over the border of two windows lies inside one
            window = (first + shift) // span
            for item, members in _pushed(at, rows, brief, window, people_of_item, most):
                evidence = {"item": int(items[item]), "people": len(members), "seconds": span}
                for row in members:
                    yield int(profiles[row]), Sign("burst", evidence)


def _pushed(
    at: NDArray[np.int64],
    rows: NDArray[np.int64],
    brief: NDArray[np.bool_],
    window: NDArray[np.int64],
    people_of_item: NDArray[np.int64],
    most: float,
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The pushed items, each with the rows of its newcomers in one window."""
    windows, newcomers = np.unique(window[brief], return_counts=True)
    new = brief[rows]
    at, rows = at[new], rows[new]
    if not len(at):
        return
    (item, when), group, sizes = _pairs(at, window[rows])
    share_of_item = sizes / people_of_item[item]
    share_of_newcomers = sizes / newcomers[np.searchsorted(windows, when)]
    pushed = (sizes >= LEAST_PEOPLE) & (sizes <= most)
    pushed &= (share_of_item >= SHARE_OF_ITEM) & (share_of_newcomers >= SHARE_OF_NEWCOMERS)
    for one in np.flatnonzero(pushed):
        yield int(item[one]), rows[group == one]


def _pairs(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct pairs, each row's pair, and the rows of each pair.

    One number for a pair: numpy sorts numbers many times faster than rows. ``left`` has small
    numbers, times have less than 34 bits.
    """
    base = int(right.min(initial=0))
    width = int(right.max(initial=0)) - base + 1
    keys, group, sizes = np.unique(
        left * width + (right - base), return_inverse=True, return_counts=True
    )
    return (keys // width, keys % width + base), group, sizes
