"""How a version's blend was found: every climb of the search, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommender.admin.ablation import component_name
from recommender.admin.measures import BY_KEY, as_text
from recommender.admin.pictures import Dot, path, points
from recommender.models import ModelVersion


@dataclass(frozen=True)
class Step:
    """A step of a climb. ``what``: the changes, one per line; empty at the start."""

    number: int
    what: tuple[str, ...]
    ndcg: str
    tail_recall: str


@dataclass(frozen=True)
class Climb:
    """``name``: of CSS and the legend. ``line``: NDCG over the steps, in pixels."""

    name: str
    title: str
    steps: tuple[Step, ...]
    line: str
    last: Dot

    @property
    def reached(self) -> str:
        steps, ndcg = len(self.steps) - 1, self.steps[-1].ndcg
        return ngettext("%(steps)s step to %(ndcg)s", "%(steps)s steps to %(ndcg)s", steps) % {
            "steps": steps,
            "ndcg": ndcg,
        }


@dataclass(frozen=True)
class SearchPath:
    """``lowest``, ``highest``: NDCG at the bottom and the top. The axis does not start at 0."""

    climbs: tuple[Climb, ...]
    lowest: str
    highest: str


def search_path_of(version: ModelVersion) -> SearchPath | None:
    """None if the training searched nothing."""
    climbed: Sequence[Mapping[str, Any]] = (version.report.get("validation") or {}).get(
        "path"
    ) or []
    if not climbed:
        return None
    values = [[figures["ndcg"] for figures in _figures(climb)] for climb in climbed]
    low, high = min(map(min, values)), max(map(max, values))
    longest = max(1, *(len(each) - 1 for each in values))
    climbs = tuple(
        _climb(climb, points([at / longest for at in range(len(own))], own, high, low))
        for climb, own in zip(climbed, values, strict=True)
    )
    return SearchPath(climbs, as_text(BY_KEY["ndcg"], low), as_text(BY_KEY["ndcg"], high))


def _figures(climb: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [climb["start"]["figures"], *(step["figures"] for step in climb["steps"])]


def _climb(climb: Mapping[str, Any], dots: Sequence[Dot]) -> Climb:
    lines = [_start(climb["start"]["blend"]), *(_lines(step["changes"]) for step in climb["steps"])]
    steps = tuple(
        Step(at, what, *(as_text(BY_KEY[key], figures[key]) for key in ("ndcg", "tail_recall")))
        for at, (what, figures) in enumerate(zip(lines, _figures(climb), strict=True))
    )
    return Climb(climb["climb"], _title(climb["climb"]), steps, path(dots), dots[-1])


def _title(name: str) -> str:
    titles = {
        "alone": _("from the best single component"),
        "prior": _("from the best known blend"),
        "tail": _("from the better of the two, towards the tail"),
    }
    return titles.get(name, name)


def _start(blend: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{component_name(name)} {weight:g}" for name, weight in blend["weights"].items())


def _lines(changes: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """One line per component: its changes, the weight first, as “old → new”."""
    by_component: dict[str, list[str]] = {}
    for change in sorted(changes, key=lambda each: each["what"] != "weight"):
        whole = change["part"] is None
        name = change["what"] if whole else change["part"]
        label = "" if whole else f"{_setting_name(change['what'])} "
        by_component.setdefault(component_name(name), []).append(
            f"{label}{_value(change['from'])} → {_value(change['to'])}"
        )
    return tuple(f"{name}: {', '.join(values)}" for name, values in by_component.items())


def _setting_name(what: str) -> str:
    names = {"decay": _("decay"), "weight": _("weight")}
    return names.get(what, what.replace("_", " "))


def _value(value: Any) -> str:
    return "–" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
