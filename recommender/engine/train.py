"""Train a recommender: tune on a slice of the past, evaluate on held-out data, fit on all data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
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
from recommender.engine.ranking.second_stage import FULL_WORTH, TreeRanker
from recommender.engine.ranking.trees import Trees
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.progress import StageClock, Steps
from recommender.engine.runtime.resuming import NoStore, ResumableStages, StageStore
from recommender.engine.runtime.tf_cluster import ALONE, Cluster, join_cluster
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.blend import Blend, Term, name_of
from recommender.engine.scorers.hybrid import Hybrid
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
from recommender.engine.tuning.validation import Validation, shape_of

MOST_EVALUATED = 1000
"""Most people of the held-out split whose lists are evaluated."""

STAGES = {"texts": 3.0, "tuning": 6.0, "evaluating": 3.0, "fitting": 2.0}


OTHER_TERMS = "other_terms"
"""Why trees are not compared: the blend that could be fitted lacks a term that they read."""


@dataclass(frozen=True)
class Contender:
    """A blend, and the trees that re-rank its lists.

    Attributes:
        trees: None = nothing re-ranks.
        worth: what a unit of their sum adds to a score.
        terms: what they read of the first stage, in this order.
        lacks: why there are no trees, though they are served.
    """

    blend: Blend
    trees: Trees | None = None
    worth: float = FULL_WORTH
    terms: tuple[Term, ...] = ()
    lacks: str = ""

    @classmethod
    def of_tuned(cls, tuned: Tuned) -> Contender:
        return cls(tuned.blend, tuned.trees, tuned.tree_worth, tuned.blend.terms)

    @classmethod
    def of_served(cls, blend: Blend, served: Recommender) -> Contender:
        """``served``: an older recommender, whose trees are for its own items.

        Its terms are in the order that the trees read; a database may have sorted the weights of
        ``blend``, whose order is that of the terms if nothing was learnt.
        """
        if served.trees is None or not isinstance(served.scorer, Hybrid):
            return cls(blend)
        order = served.scorer.blend.weights
        if set(order) == set(blend.weights):
            blend = replace(blend, weights={key: blend.weights[key] for key in order})
        terms = served.scorer.ordered_terms()
        return cls(blend, served.trees.trees, served.trees.worth, terms)

    def ranker(self, dataset: Dataset, scorer: Hybrid) -> TreeRanker | None:
        """The trees with the facts of the data; None if the scorer has other terms."""
        if self.trees is None or scorer.ordered_terms() != self.terms:
            return None
        return TreeRanker(self.trees, ItemFacts.of(dataset), self.worth)


@dataclass(frozen=True)
class TrainingResult:
    """A trained recommender.

    Attributes:
        recommender: fitted on all data.
        metrics: of ``blend`` on the held-out split; empty if nothing was evaluated.
        baseline_metrics: of plain item-kNN on the same split.
        live_metrics: of the live version on the same split; None without one.
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
    live: Contender | None = None,
    learn: bool = True,
    evaluate: bool = True,
    serve_users: IntArray | None = None,
    without: Collection[str] = (),
    encoder: TextEncoder | None = None,
    interests: bool = True,
    cluster: Cluster = ALONE,
    store: StageStore | None = None,
) -> TrainingResult:
    """Train a recommender for the people to be served, everybody by default.

    The same data and seed give the same recommender, on one machine or on several. A component that
    fails is left out, and the result says so; the others are trained.

    Args:
        live: fitted and evaluated beside the new blend.
        learn: whether to learn the score; otherwise the blend has prior weights, within seconds.
        serve_users: indices of the people to be served; None = everybody.
        without: components that the blend may not use.
        encoder: reads texts; without it only word vectors do.
        interests: whether to fit an interest model even if the blend does not use it.
        cluster: the machines that share each batch.
        store: has the results of stages that an earlier attempt finished, and takes the others. A
            cluster stores nothing: its machines go through all stages together.
    """
    _join(cluster)
    rng, failed = np.random.default_rng(seed), FailedComponents()
    clock = StageClock(STAGES if evaluate else {**STAGES, "evaluating": 0.0}, progress)
    used = NoStore() if store is None or cluster.workers > 1 else store
    stages = ResumableStages(clock, used, failed)
    split = held_out(dataset, rng, serve_users) if evaluate else None
    past = split.train if split else dataset

    @cache  # drawn once, after the split and before the tuning, whichever stages are stored
    def slices() -> Sequence[Validation]:
        return nested_slices(past, rng, serve_users=serve_users, whole=dataset) if learn else []

    def read(inner: Progress) -> ItemTexts:
        # read from the earliest data, so that every later fit can use them
        earliest = slices()[-1].train if slices() else past
        texts = read_texts(earliest, seed, encoder, progress=inner, failed=failed)
        # computed now, so that this stage counts its time
        if failed.attempt("texts", lambda: texts.near) is None:
            texts = ItemTexts.unread(texts.items)
        return texts

    known: dict[str, object] = {"dataset": dataset, "items": dataset.items}
    texts = stages.once("texts", read, known)
    known["texts"] = texts
    tuned = stages.once(
        "tuning",
        lambda inner: tune(
            past, slices(), texts=texts, rng=rng, progress=inner, without=without, failed=failed
        ),
        known,
    )
    slices.cache_clear()
    evaluated = Evaluated()
    if split:
        contenders = {"ours": Contender.of_tuned(tuned)} | ({"live": live} if live else {})
        evaluated = stages.once(
            "evaluating", lambda inner: compare(split, contenders, texts, seed, inner, failed)
        )

    def fit(inner: Progress) -> Recommender:
        scorer = fit_blend(dataset, tuned.blend, texts, seed, failed=failed)
        interest = component_of(scorer, Interest)
        if interests and interest is None and Interest.name not in failed:
            interest = failed.attempt(Interest.name, lambda: interest_beside(dataset, texts, seed))
        rating = failed.attempt(Rating.name, lambda: fit_rating(dataset, scorer, seed))
        trees = Contender.of_tuned(tuned).ranker(dataset, scorer)
        return Recommender.of(scorer, dataset, interest, rating, trees)

    recommender = stages.once("fitting", fit, known)
    return TrainingResult(
        recommender=recommender,
        blend=recommender.scorer.params,  # of a hybrid
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
        part_done()
        return fit(key) if failed is None else failed.attempt(name_of(key), lambda: fit(key))

    used = blend if failed is None else blend.without(failed.reasons)
    made = {key: attempt(key) for key in used.components}
    used = used.without({key for key, component in made.items() if component is None})
    components = [made.get(key) or fit(key) for key in used.components]
    return Hybrid(components, used).fit(dataset, np.random.default_rng(seed), fitted=components)


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
    """Figures by name, and the tail frontier of the first contender.

    ``lacking``: by name why a contender was evaluated without trees that it is served with.
    """

    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    frontier: dict[str, Any] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)


def compare(
    split: Split,
    contenders: Mapping[str, Contender],
    texts: ItemTexts,
    seed: int,
    progress: Progress = no_progress,
    failed: FailedComponents | None = None,
) -> Evaluated:
    """Evaluate each contender, and plain item-kNN as ``baseline``, on the same split.

    The frontier is of the first one. ``failed``: as in ``fit_blend``.
    """
    steps = Steps(len(contenders) + 2, progress)
    baseline = ItemKnn().fit(split.train, np.random.default_rng(seed))
    found = Evaluated(
        {"baseline": figures_of(Recommender.of(baseline, split.train), split, None, steps.next())}
    )
    fitted: list[Scorer] = [baseline]
    for name, contender in contenders.items():
        scorer = fit_blend(split.train, contender.blend, texts, seed, fitted, failed)
        fitted += scorer.components
        trees = contender.ranker(split.train, scorer)
        if lacks := contender.lacks or (OTHER_TERMS if contender.trees and not trees else ""):
            found.lacking[name] = lacks
        reranking = contender.blend.reranking
        recommender = Recommender.of(scorer, split.train, trees=trees)
        found.figures[name] = figures_of(recommender, split, reranking, steps.next())
        if not found.frontier:
            found.frontier.update(
                frontier(
                    recommender, split, k=LIST_LENGTH, reranking=reranking, progress=steps.next()
                )
            )
    return found


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
        "without_trees": evaluated.lacking,
        "frontier": evaluated.frontier,
    }
