"""What each part of a blend is worth, and how the blend was found: from what the search has counted already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from recommender.engine.scorers.hybrid import PENALTY, Blend
from recommender.engine.tuning.coordinate_search import Figures, Mix, Search

MIN_TAIL_SHARE = "min_tail_share"
"""The places kept for the tail by their name among the parts that can be left out."""


def leave_out_each(search: Search, mix: Mix, names: Sequence[str]) -> dict[str, Figures]:
    """Figures of the slice by the part that is left out; the others keep their weights and nothing is fitted again.

    ``names``: of the search's parts. A blend of a single part has no figures without it. The popularity penalty and
    the places kept for the tail count as parts.
    """
    used = [part for part, weight in enumerate(mix.weights) if weight]
    lesser = {names[part]: mix.with_weight(part, 0.0) for part in used if len(used) > 1}
    if mix.penalty:
        lesser[PENALTY] = replace(mix, penalty=0.0)
    if mix.tail_places:
        lesser[MIN_TAIL_SHARE] = replace(mix, tail_places=0)
    return {name: search.figures(each) for name, each in lesser.items()}


def path_of(search: Search, blend_of: Callable[[Mix], Blend]) -> list[dict[str, Any]]:
    """Every climb as JSON values: where it began, and each step's changes with the figures that it led to."""
    return [
        {
            "climb": climb.name,
            "start": {
                "blend": blend_of(climb.mixes[0]).as_dict(),
                "figures": asdict(search.figures(climb.mixes[0])),
            },
            "steps": [
                {
                    "changes": changes(blend_of(before), blend_of(after)),
                    "figures": asdict(search.figures(after)),
                }
                for before, after in zip(climb.mixes, climb.mixes[1:], strict=False)
            ],
        }
        for climb in search.climbs
    ]


def changes(before: Blend, after: Blend) -> list[dict[str, Any]]:
    """What two blends differ in: ``part`` (none for the whole blend), ``what``, ``from`` and ``to``; None = nothing."""
    old, new = _settings(before), _settings(after)
    return [
        {"part": part, "what": what, "from": old.get((part, what)), "to": new.get((part, what))}
        for part, what in sorted({*old, *new}, key=lambda key: (key[0] or "", key[1]))
        if old.get((part, what)) != new.get((part, what))
    ]


def _settings(blend: Blend) -> Mapping[tuple[str | None, str], Any]:
    settings: dict[tuple[str | None, str], Any] = {}
    for part, weight in blend.weights.items():
        settings[part, "weight"] = weight
        settings[part, "decay"] = blend.decay(part)
        settings |= {(part, name): value for name, value in blend.params.get(part, {}).items()}
    return settings | {
        (None, PENALTY): blend.popularity_penalty,
        (None, MIN_TAIL_SHARE): blend.min_tail_share,
    }
