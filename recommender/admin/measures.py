"""Compares a version's metrics with those of the former version and of plain item-kNN."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from recommender.models import ModelVersion


@dataclass(frozen=True)
class Measure:
    key: str
    label: Any
    meaning: Any
    percent: bool = False
    less_is_better: bool = False


MEASURES = (
    Measure("ndcg", _("NDCG@10"), _("hits count more the higher they are in the list")),
    Measure("recall", _("Recall@10"), _("share of what people chose next that was in their list")),
    Measure("tail_recall", _("Tail recall@10"), _("the same, for less known items only")),
    Measure(
        "cold_recall", _("Cold recall@10"), _("the same, for items that nobody had chosen yet")
    ),
    Measure(
        "coverage",
        _("Coverage@10"),
        _("share of the catalogue that is in somebody’s list"),
        percent=True,
    ),
    Measure(
        "tail_share",
        _("Tail share@10"),
        _("share of the positions given to less known items"),
        percent=True,
    ),
    Measure("novelty", _("Novelty@10, bits"), _("how surprising the listed items are")),
    Measure(
        "gini",
        _("Gini of exposure"),
        _("0: all items are shown equally; 1: one item gets every position"),
        less_is_better=True,
    ),
    Measure(
        "category_diversity", _("Diversity@10"), _("how much the categories within a list differ")
    ),
    Measure(
        "miscalibration",
        _("Distance from own category mix, nats"),
        _("how far the categories of a list are from those of the person’s history"),
        less_is_better=True,
    ),
    Measure(
        "provider_gini",
        _("Gini of exposure by provider"),
        _("0: all providers are shown equally; 1: one provider gets every position"),
        less_is_better=True,
    ),
    Measure(
        "seldom_met_share",
        _("Share of rarely shown providers"),
        _(
            "share of the positions given to providers whose share of people is smaller than "
            "their share of items"
        ),
        percent=True,
    ),
)
BY_KEY = {measure.key: measure for measure in MEASURES}
# Shown on the first page.
CHIEF = tuple(BY_KEY[key] for key in ("ndcg", "tail_recall", "coverage"))

OURS, LIVE, BASELINE = "ours", "live", "baseline"
WIDTH = 180


@dataclass(frozen=True)
class Bar:
    """A bar of a row's chart. Lengths are pixels from zero."""

    of: str
    value: float | None
    length: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class MeasureRow:
    measure: Measure
    texts: dict[str, str]
    interval: str
    bars: tuple[Bar, ...]
    verdict: str  # ours against the baseline: better, worse or even


def figures(version: ModelVersion, of: str) -> Mapping[str, Any]:
    """One of a version's three tables of metrics. Empty if it was not measured."""
    return version.metrics.get(of) or {}


def number(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    return None if value is None or math.isnan(value) else float(value)


def as_text(measure: Measure, value: float | None) -> str:
    if value is None:
        return "–"
    return (
        f"{value:.1%}" if measure.percent else f"{value:.4f}" if abs(value) < 1 else f"{value:.2f}"
    )


def as_percent(share: float, *, signed: bool = False) -> str:
    return f"{share:{'+' if signed else ''}.1%}".replace("-", "−")


def compare(version: ModelVersion, measures: Iterable[Measure] = MEASURES) -> list[MeasureRow]:
    """A row for every measure that at least one of the three tables has."""
    tables = {of: figures(version, of) for of in (OURS, LIVE, BASELINE)}
    rows = [_row(measure, tables) for measure in measures]
    return [row for row in rows if any(bar.value is not None for bar in row.bars)]


def _row(measure: Measure, tables: Mapping[str, Mapping[str, Any]]) -> MeasureRow:
    values = {of: number(table, measure.key) for of, table in tables.items()}
    low, high = (number(tables[OURS], f"{measure.key}_{end}") for end in ("low", "high"))
    top = (
        max([value for value in (*values.values(), high) if value is not None], default=0.0) or 1.0
    )
    bars = tuple(
        Bar(
            of,
            value,
            _length(value, top),
            *((_length(low, top), _length(high, top)) if of == OURS and high else ()),
        )
        for of, value in values.items()
    )
    return MeasureRow(
        measure=measure,
        texts={of: as_text(measure, value) for of, value in values.items()},
        interval=""
        if low is None or high is None
        else f"{as_text(measure, low)} – {as_text(measure, high)}",
        bars=bars,
        verdict=_verdict(measure, values[OURS], values[BASELINE]),
    )


def _length(value: float | None, top: float) -> float:
    return 0.0 if value is None else round(WIDTH * max(value, 0.0) / top, 1)


def _verdict(measure: Measure, ours: float | None, baseline: float | None) -> str:
    if ours is None or baseline is None or math.isclose(ours, baseline, rel_tol=1e-3):
        return "even"
    return "better" if (ours > baseline) != measure.less_is_better else "worse"
