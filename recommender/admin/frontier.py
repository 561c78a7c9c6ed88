"""The cost of each setting of the dial, as a version's training measured it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from recommender.admin.measures import BY_KEY, Measure, as_text, number
from recommender.admin.pictures import WIDTH, Panel, Series, panel
from recommender.models import ModelVersion

SHOWN = tuple(BY_KEY[key] for key in ("ndcg", "tail_recall", "tail_share", "coverage", "novelty"))
COUNTED_IN_PERCENT = ("ndcg", "tail_recall")
"""Measures that show their change against dial 0 in percent."""


@dataclass(frozen=True)
class Cell:
    text: str
    change: str


@dataclass(frozen=True)
class Setting:
    dial: str
    cells: tuple[Cell, ...]
    is_default: bool


@dataclass(frozen=True)
class Frontier:
    """The dial's cost.

    Attributes:
        default_x: of the catalogue's default, in pixels.
        in_words: a sentence about the default's cost.
    """

    version: ModelVersion
    people: int
    measures: tuple[Measure, ...]
    panels: tuple[Panel, ...]
    settings: tuple[Setting, ...]
    default_x: float
    default: float
    in_words: str


def frontier_of(version: ModelVersion) -> Frontier | None:
    """None if the version's training did not measure it."""
    measured = version.report.get("frontier") or {}
    settings: list[Mapping[str, Any]] = measured.get("settings") or []
    if len(settings) < 2 or number(settings[0], "ndcg") is None:
        return None
    measures = tuple(
        each for each in SHOWN if all(number(setting, each.key) is not None for setting in settings)
    )
    default = version.catalog.clamp_tail(None)
    return Frontier(
        version=version,
        people=int(measured.get("people", 0)),
        measures=measures,
        panels=tuple(panel(_series(measure, settings)) for measure in measures),
        settings=tuple(_setting(setting, settings[0], measures, default) for setting in settings),
        default_x=round(WIDTH * default, 1),
        default=default,
        in_words=_in_words(settings, default),
    )


def _series(measure: Measure, settings: Sequence[Mapping[str, Any]]) -> Series:
    values = [float(setting[measure.key]) for setting in settings]
    ends = (
        [number(setting, f"{measure.key}_{end}") for setting in settings] for end in ("low", "high")
    )
    lows, highs = ([] if None in each else [float(value or 0.0) for value in each] for each in ends)
    dials, texts = (
        [setting["tail"] for setting in settings],
        [as_text(measure, value) for value in values],
    )
    return Series(measure.label, dials, values, texts, lows, highs)


def _setting(
    setting: Mapping[str, Any],
    first: Mapping[str, Any],
    measures: Sequence[Measure],
    default: float,
) -> Setting:
    cells = (
        Cell(as_text(each, float(setting[each.key])), _change(each, setting, first))
        for each in measures
    )
    return Setting(f"{setting['tail']:g}", tuple(cells), setting["tail"] == default)


def _change(measure: Measure, setting: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    if measure.key not in COUNTED_IN_PERCENT or setting is first or not first[measure.key]:
        return ""
    return f"{setting[measure.key] / first[measure.key] - 1:+.0%}".replace("-", "−")


def _in_words(settings: Sequence[Mapping[str, Any]], default: float) -> str:
    """Figures between two measured settings are interpolated."""
    dials = [setting["tail"] for setting in settings]
    ndcg, share = (
        float(np.interp(default, dials, [s[key] for s in settings]))
        for key in ("ndcg", "tail_share")
    )
    first = settings[0]
    words = {
        "default": f"{default:g}",
        "loss": f"{max(0.0, 1 - ndcg / first['ndcg']) if first['ndcg'] else 0.0:.0%}",
        "gain": f"{ndcg / first['ndcg'] - 1:.0%}" if first["ndcg"] else "",
        "share": f"{share:.0%}",
        "before": f"{first['tail_share']:.0%}",
    }
    if not default:
        return (
            _(
                "The default is 0, which has no cost. Less known items get %(share)s of the "
                "positions."
            )
            % words
        )
    if ndcg > first["ndcg"] > 0:
        return (
            _(
                "The default of %(default)s gains about %(gain)s of NDCG compared with 0, where "
                "nothing is added for less known items. They get %(share)s of the positions "
                "instead of %(before)s."
            )
            % words
        )
    return (
        _(
            "The default of %(default)s costs about %(loss)s of NDCG compared with 0. Less "
            "known items get %(share)s of the positions instead of %(before)s."
        )
        % words
    )
