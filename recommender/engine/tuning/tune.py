"""Tune a catalogue's score on nested slices of its past."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Progress, no_progress
from recommender.engine.ranking.trees import Trees
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.runtime.part_done import part_done
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import LAST_RESORT, VARIANT, Blend, name_of
from recommender.engine.scorers.hybrid import PENALTY, Hybrid
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.tuning.calibration import Tried, try_calibrations, with_best
from recommender.engine.tuning.candidate_recall import CandidateRecall, candidate_recall
from recommender.engine.tuning.candidate_scores import Column
from recommender.engine.tuning.collecting import collect, with_column
from recommender.engine.tuning.conditional_logit import Choices
from recommender.engine.tuning.figures import LIST_LENGTH, Figures, figures_of
from recommender.engine.tuning.learning import (
    LEAST_SHARE,
    Columns,
    Questions,
    Weights,
    as_blend,
    cross_validated,
    learn,
    term_shares,
)
from recommender.engine.tuning.score_cache import Option
from recommender.engine.tuning.search_space import (
    NETWORKS,
    OPTIONS,
    PRIORS,
    TYPICAL_DECAY,
    make_component,
    prior_blend,
    usable_components,
)
from recommender.engine.tuning.tail_bonus import TriedBonus, choose_bonus, try_bonuses
from recommender.engine.tuning.tree_choice import Asked, TriedTrees, learn_trees
from recommender.engine.tuning.validation import Validation

SEQUENCE, ORDER = "sequence", "transitions"
LEAST_ORDER = 0.05
"""The share of the score that transitions must have before the sequence network is tried: where the
last steps say little, a long memory of them says no more, and a fit is saved."""

NETWORK_GAIN = 0.005
"""Least relative gain of NDCG by the sequence network: it costs a fit on every slice, and time in
every list."""


@dataclass(frozen=True)
class Tuned:
    """A tuned blend.

    Attributes:
        figures: of the newest slice, by weights that were learnt on the older ones.
        singles: figures of each component alone there, with its best option.
        lesser: figures there by what is left out of the blend.
        bonuses: figures there by tail bonus.
        trees: re-rank the best of the blend; None = nothing does.
        tree_worth: what a unit of their sum adds to a score.
        tried_trees: the outcome of the second stage.
        candidates: how much of what was taken there each source names.
        calibrations: figures by calibration strength.
        network_gain: relative gain of NDCG by the sequence network there; None = not tried.
    """

    blend: Blend
    shape: str
    questions: int
    figures: Figures | None = None
    singles: Mapping[str, Figures] = field(default_factory=dict)
    lesser: Mapping[str, Figures] = field(default_factory=dict)
    bonuses: Sequence[TriedBonus] = ()
    calibrations: Sequence[Tried] = ()
    network_gain: float | None = None
    trees: Trees | None = None
    tree_worth: float = 0.0
    tried_trees: TriedTrees | None = None
    candidates: CandidateRecall | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "questions": self.questions,
            "figures": asdict(self.figures) if self.figures else None,
            "parts": {name: asdict(figures) for name, figures in self.singles.items()},
            "without": {name: asdict(figures) for name, figures in self.lesser.items()},
            "bonuses": [asdict(tried) for tried in self.bonuses],
            "calibrations": [asdict(tried) for tried in self.calibrations],
            "network_gain": self.network_gain,
            "trees": self.tried_trees.as_dict() if self.tried_trees else None,
            "candidates": self.candidates.as_dict() if self.candidates else None,
        }


def tune(
    past: Dataset,
    slices: Sequence[Validation],
    *,
    texts: ItemTexts,
    rng: np.random.Generator,
    progress: Progress = no_progress,
    without: Collection[str] = (),
    failed: FailedComponents | None = None,
) -> Tuned:
    """Learn the score on all slices. What is chosen is chosen on the newest one alone, by weights
    learnt on the others.

    Args:
        past: the data that the slices are of.
        slices: the newest first; empty = too little is known, and the prior blend is served.
        without: components that the blend may not use.
        failed: those that fail are added to it and left out; None = they raise.

    Raises:
        DataError: if no component is left.
    """
    failed = failed or FailedComponents()
    names = [name for name in usable_components(past, texts) if name not in without]
    if not names:
        raise DataError(
            f"without {', '.join(sorted(without))} no part is left that could say anything"
        )
    if not slices:
        return Tuned(prior_blend(names), "none", 0)
    usable, names = names, [name for name in names if name not in NETWORKS]
    seed, fitted, newest = int(rng.integers(2**31)), [], slices[0]
    for at, one in enumerate(slices):
        fitted.append(_fit(one, names, texts, seed, failed))
        progress("tuning", 0.3 * (at + 1) / len(slices))
    names = [name for name in names if name not in failed]
    if not names:
        return Tuned(Blend({LAST_RESORT: 1.0}), newest.shape, len(newest))
    asked = []
    for at, (one, components) in enumerate(zip(slices, fitted, strict=True)):
        columns = _columns(names, components)
        asked.append(Questions(collect(one, columns.columns), columns))
        progress("tuning", 0.3 + 0.3 * (at + 1) / len(slices))
    candidates = candidate_recall(asked[0].cache, asked[0].columns.columns)
    gain, outer = None, learn(_older(asked), asked[0].columns)
    if SEQUENCE in usable and _order_share(outer, asked) >= LEAST_ORDER:
        gain, asked = _with_network(SEQUENCE, slices, fitted, asked, texts, seed, failed)
        if gain is not None and gain >= NETWORK_GAIN:
            names = [*names, SEQUENCE]
            outer = learn(_older(asked), asked[0].columns)
    progress("tuning", 0.65)
    singles = _alone(asked[0], names)
    moving = np.flatnonzero(term_shares(outer, asked, asked[0].columns) >= LEAST_SHARE)
    for at, each in enumerate(asked):
        asked[at] = each.narrowed(moving)  # one by one: features are the most of the memory
    outer = learn(_older(asked), asked[0].columns)
    judged, columns = asked[0], asked[0].columns
    progress("tuning", 0.7)
    bonuses: Sequence[TriedBonus] = try_bonuses(judged, judged.scores(outer))
    plain = bonus = choose_bonus(bonuses)
    weights = learn([each.choices for each in asked], columns)
    shares = term_shares(weights, asked, columns)
    progress("tuning", 0.8)
    seen = [Asked(one, each) for one, each in zip(slices, asked, strict=True)]
    learnt = learn_trees(seen, outer, weights, bonuses, seed)
    if learnt.bonus is not None:
        bonuses, bonus = learnt.bonuses, learnt.bonus
    progress("tuning", 0.9)
    blend = replace(as_blend(weights, columns, shares), tail_bonus=bonus.amount)
    outer_blend = replace(as_blend(outer, columns, shares), tail_bonus=bonus.amount)
    tried = try_calibrations(
        outer_blend,
        _hybrid(outer_blend, fitted[0], newest),
        newest,
        LIST_LENGTH,
        learnt.outer,
    )
    return Tuned(
        blend=with_best(blend, tried),
        shape=newest.shape,
        questions=len(newest),
        figures=bonus.figures,
        singles=singles,
        lesser=_leave_out_each(judged, outer, blend.weights, plain.amount),
        bonuses=bonuses,
        calibrations=tried,
        network_gain=gain,
        trees=learnt.trees,
        tree_worth=bonus.trees,
        tried_trees=learnt.tried,
        candidates=candidates,
    )


def _order_share(weights: Weights, asked: Sequence[Questions]) -> float:
    """How much of the score says what people took next."""
    columns = asked[0].columns
    shares = term_shares(weights, asked, columns)
    return float(sum(shares[at] for at, each in enumerate(columns.columns) if each.key == ORDER))


def _with_network(
    name: str,
    slices: Sequence[Validation],
    fitted: Sequence[dict[str, Scorer]],
    asked: Sequence[Questions],
    texts: ItemTexts,
    seed: int,
    failed: FailedComponents,
) -> tuple[float | None, list[Questions]]:
    """What a network gains on the newest slice, relative to its NDCG; and the questions with it.

    It is fitted on the other slices only if that is enough. None if it failed.
    """
    made: list[Questions] = []
    gain: float | None = None
    for one, components, own in zip(slices, fitted, asked, strict=True):
        components |= _fit(one, [name], texts, seed, failed)
        if name in failed:
            return None, list(asked)
        (option,) = OPTIONS[name]
        column = Column(name, option.decay, components[name])
        columns = replace(own.columns, columns=(*own.columns.columns, column))
        made.append(Questions(with_column(own.cache, one, column), columns))
        if gain is None:
            before, after = (
                figures_of(each.cache, cross_validated(each)).ndcg for each in (own, made[0])
            )
            gain = after / max(1e-9, before) - 1
            if gain < NETWORK_GAIN:
                return gain, list(asked)
    return gain, made


def _key(name: str, option: Option) -> str:
    return f"{name}{VARIANT}{option.variant}" if option.variant else name


def _fit(
    one: Validation,
    names: Sequence[str],
    texts: ItemTexts,
    seed: int,
    failed: FailedComponents,
) -> dict[str, Scorer]:
    """Every component with each of its parameters, by key, fitted on the data before the questions.

    Each answers the first question too: a component may fail only when it is asked.
    """
    fitted: dict[str, Scorer] = {}
    for name in names:
        for option in OPTIONS[name]:
            if name in failed or _key(name, option) in fitted:
                continue

            def fit(name: str = name, option: Option = option) -> Scorer:
                component = make_component(name, option.params, texts)
                component.fit(one.train, np.random.default_rng(seed))
                component.score_batch(one.queries[:1])
                part_done()
                return component

            component = failed.attempt(name, fit)
            if component is not None:
                fitted[_key(name, option)] = component
    return fitted


def _columns(names: Sequence[str], fitted: Mapping[str, Scorer]) -> Columns:
    options = [(name, option) for name in names for option in OPTIONS[name]]
    columns = tuple(
        Column(_key(name, option), option.decay, fitted[_key(name, option)])
        for name, option in options
    )
    near = {
        name: min(
            (at for at, (other, _) in enumerate(options) if other == name),
            key=lambda at: abs(options[at][1].decay - TYPICAL_DECAY),
        )
        for name in names
    }
    priors = [
        ({near[name]: weight for name, weight in weights.items() if name in near}, penalty)
        for weights, penalty in PRIORS
    ]
    return Columns(columns, tuple(prior for prior in priors if prior[0]))


def _older(asked: Sequence[Questions]) -> list[Choices]:
    """What the newest slice is judged by: the older slices, or every other of its own questions."""
    if len(asked) > 1:
        return [each.choices for each in asked[1:]]
    return [asked[0].part(np.arange(len(asked[0].cells)) % 2 == 0)]


def _hybrid(blend: Blend, fitted: Mapping[str, Scorer], one: Validation) -> Hybrid:
    """The blend of components that are already fitted."""
    components = [fitted[key] for key in blend.components]
    return Hybrid(components, blend).fit(one.train, np.random.default_rng(0), fitted=components)


def _alone(judged: Questions, names: Sequence[str]) -> dict[str, Figures]:
    """Figures of each component alone, with its best option."""
    found: dict[str, Figures] = {}
    for at, column in enumerate(judged.columns.columns):
        weights = np.zeros(judged.columns.width)
        weights[at] = 1.0
        figures, name = figures_of(judged.cache, judged.scores(weights)), name_of(column.key)
        if name not in found or figures.ndcg > found[name].ndcg:
            found[name] = figures
    return {name: found[name] for name in names if name in found}


def _leave_out_each(
    judged: Questions, weights: Weights, used: Collection[str], bonus: float
) -> dict[str, Figures]:
    """Figures without each component; the others keep their weights, without a refit."""
    columns = judged.columns.columns
    lesser = {}
    for name in used if len(used) > 1 else ():
        own = weights.copy()
        dropped = [at for at, column in enumerate(columns) if name_of(column.key) == name]
        own[dropped] = 0.0
        own[[len(columns) + at for at in dropped]] = 0.0
        lesser[name] = figures_of(judged.cache, judged.scores(own, bonus))
    own = weights.copy()
    own[2 * len(columns)] = 0.0
    lesser[PENALTY] = figures_of(judged.cache, judged.scores(own, bonus))
    return lesser
