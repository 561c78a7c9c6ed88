"""The value of each component of a blend, and the path of the search, from its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from recommender.engine.scorers.hybrid import PENALTY, Blend
from recommender.engine.tuning.coordinate_search import Figures, Mix, Search

MIN_TAIL_SHARE = "min_tail_share"
"""Name of the tail quota among what can be left out."""


def leave_out_each(search: Search, mix: Mix, names: Sequence[str]) -> dict[str, Figures]:
    """Figures of the slice without each component; the others keep their weights, without a refit.

    The popularity penalty and the tail quota are left out alike. A blend of a single component has
    no figures without it. ``names``: of the search's components.
    """
    used = [component for component, weight in enumerate(mix.weights) if weight]
    lesser = {
        names[component]: mix.with_weight(component, 0.0) for component in used if len(used) > 1
    }
    if mix.penalty:
        lesser[PENALTY] = replace(mix, penalty=0.0)
    if mix.tail_places:
        lesser[MIN_TAIL_SHARE] = replace(mix, tail_places=0)
    return {name: search.figures(each) for name, each in lesser.items()}


def path_of(search: Search, blend_of: Callable[[Mix], Blend]) -> list[dict[str, Any]]:
    """Every climb as JSON values: its start, and the changes and figures of each step."""
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
    """Differences of two blends; ``part`` is None for a setting of the whole blend."""
    old, new = _settings(before), _settings(after)
    return [
        {
            "part": component,
            "what": what,
            "from": old.get((component, what)),
            "to": new.get((component, what)),
        }
        for component, what in sorted({*old, *new}, key=lambda key: (key[0] or "", key[1]))
        if old.get((component, what)) != new.get((component, what))
    ]


def _settings(blend: Blend) -> Mapping[tuple[str | None, str], Any]:
    settings: dict[tuple[str | None, str], Any] = {}
    for component, weight in blend.weights.items():
        settings[component, "weight"] = weight
        settings[component, "decay"] = blend.decay(component)
        settings |= {
            (component, name): value for name, value in blend.params.get(component, {}).items()
        }
    return settings | {
        (None, PENALTY): blend.popularity_penalty,
        (None, MIN_TAIL_SHARE): blend.min_tail_share,
    }
