"""Tune a catalogue's blend on a slice of its past."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Progress, no_progress
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import LAST_RESORT, Blend, Hybrid
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.tuning.ablation import leave_out_each, path_of
from recommender.engine.tuning.calibration import Tried, try_calibrations, with_best
from recommender.engine.tuning.coordinate_search import Figures, Mix, Search
from recommender.engine.tuning.score_cache import Candidate, Option, collect
from recommender.engine.tuning.search_space import (
    NETWORKS,
    OPTIONS,
    PRIORS,
    TYPICAL_DECAY,
    make_component,
    prior_blend,
    usable_components,
)
from recommender.engine.tuning.validation import Validation

NDCG_LOSS = 0.1
"""Share of the best NDCG that tail recall may cost. The best NDCG on a slice is partly chance: on
later data, a tenth less was a loss of 1 to 6 %, with up to 80 % more tail recall
(docs/decisions/0002)."""

SIDE_WORTH = {"tail_recall": 0.5, "cold_recall": 0.05, "breadth": 0.05}
"""Value of each figure in the second climb, relative to the best single component's."""

NDCG_WORTH = 0.1
"""Value of the best NDCG there: small, because ``NDCG_LOSS`` limits it already."""

NETWORK_GAIN = 0.01
"""Smallest gain of a network: each costs two more fits per training, and time in every list."""

LIST_LENGTH = 10
FEWEST_QUESTIONS = 30
"""With fewer questions the slice is not used, and the prior blend is served."""


@dataclass(frozen=True)
class Tuned:
    """A tuned blend.

    Attributes:
        figures: of the validation slice.
        singles: figures of each component alone, with its best option.
        lesser: figures by what is left out of the blend.
        path: the search, as JSON values.
        calibrations: figures by calibration strength.
        interest: the interest model fitted before the slice; None if none was tried.
    """

    blend: Blend
    figures: Figures | None
    singles: Mapping[str, Figures]
    shape: str
    questions: int
    lesser: Mapping[str, Figures] = field(default_factory=dict)
    path: Sequence[Mapping[str, Any]] = ()
    calibrations: Sequence[Tried] = ()
    interest: Interest | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "questions": self.questions,
            "figures": asdict(self.figures) if self.figures else None,
            "parts": {name: asdict(figures) for name, figures in self.singles.items()},
            "without": {name: asdict(figures) for name, figures in self.lesser.items()},
            "path": list(self.path),
            "calibrations": [asdict(tried) for tried in self.calibrations],
        }


def tune(
    validation: Validation,
    *,
    texts: ItemTexts,
    rng: np.random.Generator,
    progress: Progress = no_progress,
    without: Collection[str] = (),
    failed: FailedComponents | None = None,
) -> Tuned:
    """Find the best NDCG on the slice, then the best tail recall within ``NDCG_LOSS`` of it.

    The search starts from each single component and from the priors, so it never ends below the
    best single component.

    Args:
        without: components that the blend may not use.
        failed: those that fail are added to it and left out; None = they raise.

    Raises:
        DataError: if no component is left.
    """
    failed = failed or FailedComponents()
    names = [name for name in usable_components(validation.train, texts) if name not in without]
    if not names:
        raise DataError(
            f"without {', '.join(sorted(without))} no part is left that could say anything"
        )
    if len(validation) < FEWEST_QUESTIONS:
        return Tuned(prior_blend(names), None, {}, validation.shape, len(validation))
    options = [(name, option) for name in names for option in OPTIONS[name]]
    fitted = _fit(validation, options, texts, rng, progress, failed)
    names = [name for name in names if name not in failed]
    if not names:
        return Tuned(Blend({LAST_RESORT: 1.0}), None, {}, validation.shape, len(validation))
    options = [(name, option) for name, option in options if name not in failed]
    candidates = [
        Candidate(fitted[_key(name, option)], option, names.index(name)) for name, option in options
    ]
    score_cache = collect(validation, candidates)
    columns = [[at for at, (other, _) in enumerate(options) if other == name] for name in names]
    search = Search(score_cache, columns)
    alone = [_best_alone(search, component) for component in range(len(names))]
    singles = {name: search.figures(mix) for name, mix in zip(names, alone, strict=True)}
    priors = [_prior_mix(prior, names, options, columns) for prior in PRIORS]
    best = _climb(search, alone, [mix for mix in priors if any(mix.weights)] or alone, progress)
    best = without_idle_networks(
        search, best, names, least=max(single.ndcg for single in singles.values())
    )
    blend = _blend(best, names, options)
    tried = try_calibrations(
        blend, _hybrid(blend, best, candidates, validation), validation, LIST_LENGTH
    )
    return Tuned(
        blend=with_best(blend, tried),
        figures=search.figures(best),
        singles=singles,
        shape=validation.shape,
        questions=len(validation),
        lesser=leave_out_each(search, best, names),
        path=path_of(search, lambda mix: _blend(mix, names, options)),
        calibrations=tried,
        interest=next((own.scorer for own in candidates if isinstance(own.scorer, Interest)), None),
    )


Key = tuple[str, tuple[tuple[str, Any], ...]]


def _key(name: str, option: Option) -> Key:
    return name, tuple(option.params.items())


def _fit(
    validation: Validation,
    options: Sequence[tuple[str, Option]],
    texts: ItemTexts,
    rng: np.random.Generator,
    progress: Progress,
    failed: FailedComponents,
) -> dict[Key, Scorer]:
    """Every component with each of its options, fitted on the data before the questions.

    Each answers the first question too: a component may fail only when it is asked.
    """
    fitted: dict[Key, Scorer] = {}
    seed = int(rng.integers(2**31))
    for at, (name, option) in enumerate(options):
        if name in failed or _key(name, option) in fitted:
            continue

        def fit(name: str = name, option: Option = option) -> Scorer:
            component = make_component(name, option.params, texts)
            component.fit(validation.train, np.random.default_rng(seed))
            component.score_batch(validation.queries[:1])
            return component

        component = failed.attempt(name, fit)
        if component is not None:
            fitted[_key(name, option)] = component
        progress("tuning", 0.5 * at / len(options))
    return fitted


def _hybrid(
    blend: Blend, mix: Mix, candidates: Sequence[Candidate], validation: Validation
) -> Hybrid:
    """The blend of components that are already fitted."""
    components = [
        candidates[column].scorer
        for weight, column in zip(mix.weights, mix.options, strict=True)
        if weight
    ]
    return Hybrid(components, blend).fit(
        validation.train, np.random.default_rng(0), fitted=components
    )


def _best_alone(search: Search, component: int) -> Mix:
    n = len(search.columns)
    weights = tuple(float(other == component) for other in range(n))
    first = tuple(columns[0] for columns in search.columns)
    mixes = [
        Mix(weights, first).with_option(component, option) for option in search.columns[component]
    ]
    return max(mixes, key=lambda mix: search.figures(mix).ndcg)


def _prior_mix(
    prior: tuple[Mapping[str, float], float],
    names: Sequence[str],
    options: Sequence[tuple[str, Option]],
    columns: Sequence[Sequence[int]],
) -> Mix:
    weights, penalty = prior
    near = [
        min(own, key=lambda column: abs(options[column][1].decay - TYPICAL_DECAY))
        for own in columns
    ]
    return Mix(tuple(weights.get(name, 0.0) for name in names), tuple(near), penalty)


def _climb(search: Search, alone: Sequence[Mix], priors: Sequence[Mix], progress: Progress) -> Mix:
    """Climb NDCG from the best single component and from the best prior, then climb the tail."""
    climbed = []
    for at, (name, starts) in enumerate((("alone", alone), ("prior", priors))):
        start = max(starts, key=lambda mix: search.figures(mix).ndcg)
        climbed.append(search.climb(start, lambda figures: figures.ndcg, name=name))
        progress("tuning", 0.6 + 0.15 * at)
    best = max(climbed, key=lambda mix: search.figures(mix).ndcg)
    return _climb_tail(search, best, alone)


def _climb_tail(search: Search, best: Mix, alone: Sequence[Mix]) -> Mix:
    """Climb tail recall, cold recall and breadth within ``NDCG_LOSS``."""
    top = search.figures(best).ndcg
    if not top:  # nothing was found by anything, so there is nothing to weigh
        return best
    least = max((1 - NDCG_LOSS) * top, *(search.figures(mix).ndcg for mix in alone))
    most = {
        name: max(getattr(search.figures(mix), name) for mix in (best, *alone))
        for name in SIDE_WORTH
    }

    def value(figures: Figures) -> float:
        if figures.ndcg < least:
            return 0.0
        sides: Iterator[float] = (
            worth * getattr(figures, name) / most[name]
            for name, worth in SIDE_WORTH.items()
            if most[name]
        )
        return NDCG_WORTH * figures.ndcg / top + sum(sides)

    return search.climb(best, value, places=True, name="tail")


def without_idle_networks(search: Search, best: Mix, names: Sequence[str], least: float) -> Mix:
    """The mix without networks that gain less than ``NETWORK_GAIN`` of NDCG and of tail recall.

    The NDCG stays at ``least`` or more.
    """
    for component in (names.index(name) for name in sorted(NETWORKS) if name in names):
        lesser, now = best.with_weight(component, 0.0), search.figures(best)
        if not best.weights[component] or not any(lesser.weights):
            continue
        left, share = search.figures(lesser), 1 - NETWORK_GAIN
        if (
            left.ndcg >= max(least, share * now.ndcg)
            and left.tail_recall >= share * now.tail_recall
        ):
            best = lesser
            search.climbs[-1].mixes.append(best)
    return best


def _blend(mix: Mix, names: Sequence[str], options: Sequence[tuple[str, Option]]) -> Blend:
    used = [component for component, weight in enumerate(mix.weights) if weight]
    chosen = {names[component]: options[mix.options[component]][1] for component in used}
    return Blend(
        weights={names[component]: mix.weights[component] for component in used},
        decays={name: option.decay for name, option in chosen.items() if option.decay != 1},
        popularity_penalty=mix.penalty,
        min_tail_share=mix.tail_places / LIST_LENGTH,
        params={name: dict(option.params) for name, option in chosen.items() if option.params},
    )
