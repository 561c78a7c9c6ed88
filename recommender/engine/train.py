"""From a data set to a recommender: tune on a slice of the past, evaluate on a held-out one, fit on everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.ratings import has_stars
from recommender.engine.data.splitting import Split, split_by_time, split_last
from recommender.engine.data.types import IntArray, Progress, no_progress
from recommender.engine.evaluation.evaluate import evaluate as judge
from recommender.engine.evaluation.tail_frontier import frontier
from recommender.engine.pipeline import Recommender, Request, component_of
from recommender.engine.runtime.progress import StageClock, Steps
from recommender.engine.runtime.tf_cluster import ALONE, Cluster, join_cluster
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import Blend, Hybrid
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.item_features import ItemTexts, read_texts
from recommender.engine.text.lexicon import catalogue_words
from recommender.engine.tuning.search_space import make_component
from recommender.engine.tuning.tune import LIST_LENGTH, Tuned, tune
from recommender.engine.tuning.validation import hold_back, shape_of

MOST_JUDGED = 2000
"""People of the held-out split whose lists are judged."""

STAGES = {"texts": 3.0, "tuning": 6.0, "evaluating": 3.0, "fitting": 2.0}


@dataclass(frozen=True)
class TrainingResult:
    """``metrics``: figures of ``blend`` fitted on the past of the held-out split, with the live blend's and plain
    item-kNN's on the same split; empty when nothing was evaluated. ``recommender`` has seen everything."""

    recommender: Recommender
    blend: Blend
    metrics: dict[str, float]
    baseline_metrics: dict[str, float]
    live_metrics: dict[str, float] | None
    seconds: dict[str, float]
    report: dict[str, Any]


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

    ``live_blend`` is fitted and judged beside the new one; ``without`` names components that the blend may not use;
    without an ``encoder`` texts are read by word vectors alone; ``interests``: whether people's interests are to be put
    into words, even where the blend does without the model that does it.
    The same data and seed give the same recommender, on one machine or on several:
    ``cluster`` says which share each batch.
    """
    _meet_others(cluster)
    rng = np.random.default_rng(seed)
    clock = StageClock(STAGES if evaluate else {**STAGES, "evaluating": 0.0}, progress)
    split = held_out(dataset, rng, serve_users) if evaluate else None
    past = split.train if split else dataset
    with clock.stage("texts") as inner:
        validation = hold_back(past, rng, serve_users=serve_users)
        # of the earliest past, so that they serve every later fit too
        texts = read_texts(validation.train, seed, encoder, progress=inner)
        texts.near  # noqa: B018 - computed here so that its time is counted here
    with clock.stage("tuning") as inner:
        tuned = tune(validation, texts=texts, rng=rng, progress=inner, without=without)
    judged = Judged()
    if split:
        with clock.stage("evaluating") as inner:
            judged = compare(split, {"ours": tuned.blend, "live": live_blend}, texts, seed, inner)
    with clock.stage("fitting"):
        scorer = fit_blend(dataset, tuned.blend, texts, seed)
        interest = component_of(scorer, Interest)
        if interests and interest is None:
            interest = interest_beside(tuned, dataset, texts, seed)
        recommender = Recommender.of(scorer, dataset, interest, fit_rating(dataset, scorer, seed))
    return TrainingResult(
        recommender=recommender,
        blend=tuned.blend,
        metrics=judged.figures.get("ours", {}),
        baseline_metrics=judged.figures.get("baseline", {}),
        live_metrics=judged.figures.get("live"),
        seconds=clock.seconds,
        report=_report(tuned, split, judged),
    )


def _meet_others(cluster: Cluster) -> None:
    """Before any network computes: TensorFlow wants to know the machines of a cluster first of all."""
    join_cluster(cluster)
    if cluster.workers > 1:
        from recommender.engine.runtime.distributed_training import strategy

        strategy()


def held_out(
    dataset: Dataset, rng: np.random.Generator, serve_users: IntArray | None = None
) -> Split:
    """The split that the final figures are of."""
    cut = split_by_time if shape_of(dataset, serve_users) == "time" else split_last
    return cut(dataset, max_users=MOST_JUDGED, rng=rng)


def fit_blend(
    dataset: Dataset, blend: Blend, texts: ItemTexts, seed: int, fitted: Sequence[Scorer] = ()
) -> Hybrid:
    """The blend's components fitted on the data set, those among ``fitted`` with the same parameters taken as they are."""
    ready = {(component.name, component.params): component for component in fitted}
    components = [make_component(name, blend.params.get(name, {}), texts) for name in blend.weights]
    return Hybrid(
        [ready.get((component.name, component.params), component) for component in components],
        blend,
    ).fit(dataset, np.random.default_rng(seed), fitted=list(ready.values()))


def interest_beside(tuned: Tuned, dataset: Dataset, texts: ItemTexts, seed: int) -> Interest | None:
    """An interest model beside a blend that does without: as tuning fitted it, for which words go together does not
    change within a slice; None where the catalogue has no words."""
    if tuned.interest is not None or not len(catalogue_words(dataset.items).lexicon):
        return tuned.interest
    return Interest(texts=texts).fit(dataset, np.random.default_rng(seed))


def fit_rating(dataset: Dataset, scorer: Scorer, seed: int) -> Rating | None:
    """The scorer's rating model, else one beside it; None where the log holds no stars."""
    own = component_of(scorer, Rating)
    return (
        Rating().fit(dataset, np.random.default_rng(seed))
        if own is None and has_stars(dataset.log)
        else own
    )


@dataclass(frozen=True)
class Judged:
    """Figures by name, and what the dial costs the lists of the first blend."""

    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    frontier: dict[str, Any] = field(default_factory=dict)


def compare(
    split: Split,
    blends: dict[str, Blend | None],
    texts: ItemTexts,
    seed: int,
    progress: Progress = no_progress,
) -> Judged:
    """Judge each blend, and plain item-kNN as ``baseline``, all on the same split; the frontier is of the first."""
    given = {name: blend for name, blend in blends.items() if blend is not None}
    steps = Steps(len(given) + 2, progress)
    baseline = ItemKnn().fit(split.train, np.random.default_rng(seed))
    figures = {
        "baseline": figures_of(Recommender.of(baseline, split.train), split, progress=steps.next())
    }
    curve: dict[str, Any] = {}
    fitted: list[Scorer] = [baseline]
    for name, blend in given.items():
        scorer = fit_blend(split.train, blend, texts, seed, fitted)
        fitted += scorer.components
        recommender = Recommender.of(scorer, split.train)
        figures[name] = figures_of(recommender, split, blend.reranking, steps.next())
        if not curve:
            curve = frontier(
                recommender, split, k=LIST_LENGTH, reranking=blend.reranking, progress=steps.next()
            )
    return Judged(figures, curve)


def figures_of(
    recommender: Recommender,
    split: Split,
    reranking: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> dict[str, float]:
    """``reranking``: further fields of the requests."""
    requests = [
        Request(split.train.query(user), LIST_LENGTH, **(reranking or {})) for user in split.users
    ]
    lists = []
    for at, made in enumerate(recommender.recommend_many(requests), start=1):
        lists.append(np.array([place.item for place in made.ranked_items], dtype=np.int32))
        progress("lists", at / len(requests))
    return judge(lists, split, LIST_LENGTH, intervals=True).as_dict()


def _report(tuned: Tuned, split: Split | None, judged: Judged) -> dict[str, Any]:
    people = len(split) if split else 0
    return {"validation": tuned.as_dict(), "judged_people": people, "frontier": judged.frontier}
