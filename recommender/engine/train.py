"""Train a recommender: tune on a slice of the past, evaluate on held-out data, fit on all data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.ratings import has_stars, rated
from recommender.engine.data.splitting import Split, split_by_time, split_last
from recommender.engine.data.types import IntArray, Progress, no_progress
from recommender.engine.evaluation.evaluate import evaluate as metrics_of
from recommender.engine.evaluation.tail_frontier import frontier
from recommender.engine.pipeline import Recommender, Request, component_of
from recommender.engine.ranking.features import ItemFacts
from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.runtime.progress import StageClock, Steps
from recommender.engine.runtime.tf_cluster import ALONE, Cluster, join_cluster
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import Blend, Hybrid, name_of
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.lexicon import catalogue_words
from recommender.engine.tuning.figures import LIST_LENGTH
from recommender.engine.tuning.search_space import make_component
from recommender.engine.tuning.slices import nested_slices
from recommender.engine.tuning.tune import Tuned, tune
from recommender.engine.tuning.validation import shape_of

MOST_EVALUATED = 1000
"""Most people of the held-out split whose lists are evaluated."""

STAGES = {"texts": 3.0, "tuning": 6.0, "evaluating": 3.0, "fitting": 2.0}


@dataclass(frozen=True)
class TrainingResult:
    """A trained recommender.

    Attributes:
        recommender: fitted on all data.
        metrics: of ``blend`` on the held-out split; empty if nothing was evaluated.
        baseline_metrics: of plain item-kNN on the same split.
        live_metrics: of the live blend on the same split; None without one.
        seconds: duration by stage.
        report: details of tuning and evaluation, as JSON values.
        warnings: components that failed and were left out, each with its reason.
    """

    recommender: Recommender
    blend: Blend
    metrics: dict[str, float]
    baseline_metrics: dict[str, float]
    live_metrics: dict[str, float] | None
    seconds: dict[str, float]
    report: dict[str, Any]
    warnings: list[dict[str, str]] = field(default_factory=list)


def train(
    dataset: Dataset,
    *,
    seed: int,
    progress: Progress = no_progress,
    live_blend: Blend | None = None,
    evaluate: bool = True,
    serve_users: IntArray | None = None,
    without: Collection[str] = (),
    encoder: TextEncoder | None = None,
    interests: bool = True,
    cluster: Cluster = ALONE,
) -> TrainingResult:
    """Train a recommender for the people to be served, everybody by default.

    The same data and seed give the same recommender, on one machine or on several. A component that
    fails is left out, and the result says so; the others are trained.

    Args:
        live_blend: fitted and evaluated beside the new blend.
        serve_users: indices of the people to be served; None = everybody.
        without: components that the blend may not use.
        encoder: reads texts; without it only word vectors do.
        interests: whether to fit an interest model even if the blend does not use it.
        cluster: the machines that share each batch.
    """
    _join(cluster)
    rng, failed = np.random.default_rng(seed), FailedComponents()
    clock = StageClock(STAGES if evaluate else {**STAGES, "evaluating": 0.0}, progress)
    split = held_out(dataset, rng, serve_users) if evaluate else None
    past = split.train if split else dataset
    with clock.stage("texts") as inner:
        slices = nested_slices(past, rng, serve_users=serve_users, whole=dataset)
        # read from the earliest data, so that every later fit can use them
        earliest = slices[-1].train if slices else past
        texts = read_texts(earliest, seed, encoder, progress=inner, failed=failed)
        # computed now, so that this stage counts its time
        if failed.attempt("texts", lambda: texts.near) is None:
            texts = ItemTexts.unread(texts.items)
    with clock.stage("tuning") as inner:
        tuned = tune(
            past, slices, texts=texts, rng=rng, progress=inner, without=without, failed=failed
        )
    evaluated = Evaluated()
    if split:
        with clock.stage("evaluating") as inner:
            blends = {"ours": tuned.blend, "live": live_blend}
            evaluated = compare(split, blends, texts, seed, inner, failed, tuned)
    with clock.stage("fitting"):
        scorer = fit_blend(dataset, tuned.blend, texts, seed, failed=failed)
        interest = component_of(scorer, Interest)
        if interests and interest is None and Interest.name not in failed:
            interest = failed.attempt(Interest.name, lambda: interest_beside(dataset, texts, seed))
        rating = failed.attempt(Rating.name, lambda: fit_rating(dataset, scorer, seed))
        trees = fit_trees(dataset, tuned, scorer)
        recommender = Recommender.of(scorer, dataset, interest, rating, trees)
    return TrainingResult(
        recommender=recommender,
        blend=scorer.blend,
        metrics=evaluated.figures.get("ours", {}),
        baseline_metrics=evaluated.figures.get("baseline", {}),
        live_metrics=evaluated.figures.get("live"),
        seconds=clock.seconds,
        report=_report(tuned, split, evaluated),
        warnings=failed.as_list(),
    )


def _join(cluster: Cluster) -> None:
    """Join the cluster before any network computes, as TensorFlow requires."""
    join_cluster(cluster)
    if cluster.workers > 1:
        from recommender.engine.runtime.distributed_training import strategy

        strategy()


def held_out(
    dataset: Dataset, rng: np.random.Generator, serve_users: IntArray | None = None
) -> Split:
    """The split of the final figures."""
    cut = split_by_time if shape_of(dataset, serve_users) == "time" else split_last
    return cut(dataset, max_users=MOST_EVALUATED, rng=rng)


def fit_blend(
    dataset: Dataset,
    blend: Blend,
    texts: ItemTexts,
    seed: int,
    fitted: Sequence[Scorer] = (),
    failed: FailedComponents | None = None,
) -> Hybrid:
    """Fit the blend's components. Those in ``fitted`` with the same parameters are reused.

    Components in ``failed``, or that fail now, are left out; without ``failed`` they raise.
    """
    ready = {(component.name, component.params): component for component in fitted}
    rng = np.random.default_rng(seed)
    own = int(rng.integers(2**31))  # as ``Hybrid.fit`` draws it

    def fit(key: str) -> Scorer:
        component = make_component(name_of(key), blend.params.get(key, {}), texts)
        known = ready.get((component.name, component.params))
        return known or component.fit(dataset, np.random.default_rng(own))

    def attempt(key: str) -> Scorer | None:
        return fit(key) if failed is None else failed.attempt(name_of(key), lambda: fit(key))

    used = blend if failed is None else blend.without(failed.reasons)
    made = {key: attempt(key) for key in used.components}
    used = used.without({key for key, component in made.items() if component is None})
    components = [made.get(key) or fit(key) for key in used.components]
    return Hybrid(components, used).fit(dataset, np.random.default_rng(seed), fitted=components)


def fit_trees(dataset: Dataset, tuned: Tuned, scorer: Hybrid) -> TreeRanker | None:
    """The tuned trees with the facts of the data; None if a component that they read failed."""
    if tuned.trees is None or scorer.ordered_terms() != tuned.blend.terms:
        return None
    return TreeRanker(tuned.trees, ItemFacts.of(dataset), tuned.tree_worth)


def interest_beside(dataset: Dataset, texts: ItemTexts, seed: int) -> Interest | None:
    """An interest model beside a blend without one; None if the catalogue has no words."""
    if not len(catalogue_words(dataset.items).lexicon):
        return None
    return Interest(texts=texts).fit(dataset, np.random.default_rng(seed))


def fit_rating(dataset: Dataset, scorer: Scorer, seed: int) -> Rating | None:
    """The scorer's rating model, or a new one; None if the log has no stars."""
    own = component_of(scorer, Rating)
    return (
        Rating().fit(dataset, np.random.default_rng(seed))
        if own is None and has_stars(rated(dataset))
        else own
    )


@dataclass(frozen=True)
class Evaluated:
    """Figures by name, and the tail frontier of the first blend."""

    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    frontier: dict[str, Any] = field(default_factory=dict)


def compare(
    split: Split,
    blends: dict[str, Blend | None],
    texts: ItemTexts,
    seed: int,
    progress: Progress = no_progress,
    failed: FailedComponents | None = None,
    tuned: Tuned | None = None,
) -> Evaluated:
    """Evaluate each blend, and plain item-kNN as ``baseline``, on the same split.

    The frontier is of the first blend. ``failed``: as in ``fit_blend``. ``tuned``: whose trees
    re-rank the lists of its blend.
    """
    given = {name: blend for name, blend in blends.items() if blend is not None}
    steps = Steps(len(given) + 2, progress)
    baseline = ItemKnn().fit(split.train, np.random.default_rng(seed))
    figures = {
        "baseline": figures_of(Recommender.of(baseline, split.train), split, progress=steps.next())
    }
    curve: dict[str, Any] = {}
    fitted: list[Scorer] = [baseline]
    for name, blend in given.items():
        scorer = fit_blend(split.train, blend, texts, seed, fitted, failed)
        fitted += scorer.components
        trees = fit_trees(split.train, tuned, scorer) if tuned and blend is tuned.blend else None
        recommender = Recommender.of(scorer, split.train, trees=trees)
        figures[name] = figures_of(recommender, split, blend.reranking, steps.next())
        if not curve:
            curve = frontier(
                recommender, split, k=LIST_LENGTH, reranking=blend.reranking, progress=steps.next()
            )
    return Evaluated(figures, curve)


def figures_of(
    recommender: Recommender,
    split: Split,
    reranking: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Metrics of the lists; ``reranking``: further fields of the requests."""
    requests = [
        Request(split.train.query(user), LIST_LENGTH, **(reranking or {})) for user in split.users
    ]
    lists = []
    for at, made in enumerate(recommender.recommend_many(requests), start=1):
        lists.append(np.array([item.item for item in made.ranked_items], dtype=np.int32))
        progress("lists", at / len(requests))
    return metrics_of(lists, split, LIST_LENGTH, intervals=True).as_dict()


def _report(tuned: Tuned, split: Split | None, evaluated: Evaluated) -> dict[str, Any]:
    people = len(split) if split else 0
    return {
        "validation": tuned.as_dict(),
        "evaluated_people": people,
        "frontier": evaluated.frontier,
    }
