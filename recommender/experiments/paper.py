"""The published experiment: collaborative filtering without and with generated text; Longtail."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.train import train
from recommender.engine.tuning.search_space import OPTIONS
from recommender.experiments.benchmark import Say
from recommender.experiments.cache import code_fingerprint
from recommender.experiments.folders import DataFolder
from recommender.experiments.machine import describe_machine
from recommender.experiments.paper_data import (
    INTERPRETATIONS,
    ITEMS,
    PEOPLE,
    Arrangement,
    cut_to_size,
)
from recommender.experiments.paper_figures import Evaluator, Lister, chance, of
from recommender.experiments.synthetic import SyntheticLog, synthetic
from recommender.experiments.workspace import Workspace
from recommender.training import encoders

SYNTHETIC = "synthetic"
CODE = (
    "recommender/engine",
    *(
        f"recommender/experiments/{name}.py"
        for name in ("paper", "paper_data", "paper_figures", "synthetic")
    ),
)
COLLABORATIVE = frozenset({"item_knn", "people_knn"})
BLENDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "collaborative filtering": COLLABORATIVE,
        "generated text": frozenset({"interest"}),
        "collaborative filtering + generated text": COLLABORATIVE | {"interest"},
        "Longtail": frozenset(OPTIONS),
    }
)
"""Components that each method may use; all are tuned in the same way."""


@dataclass(frozen=True)
class Setting:
    """One measurement: all methods on one cut of one log. ``folder``: None = the synthetic log."""

    folder: Path | None
    interpretation: str
    seed: int
    people: int = PEOPLE
    items: int = ITEMS

    @property
    def data(self) -> str:
        return self.folder.name if self.folder else SYNTHETIC

    def about(self) -> dict[str, Any]:
        content = DataFolder(self.folder).fingerprint if self.folder else ""
        return {
            **asdict(self),
            "folder": self.data,
            "content": content,
            "code": code_fingerprint(*CODE),
        }


def run_paper(
    settings: Sequence[Setting], *, jobs: int, workspace: Workspace, say: Say
) -> dict[str, Any]:
    """Results of all settings as JSON values; each in its own process, ``jobs`` at a time."""
    began, done = time.monotonic(), []
    # Fresh interpreters: a process forked after TensorFlow has run hangs.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as executor:
        futures = {
            executor.submit(measure_cached, setting, workspace): setting for setting in settings
        }
        for future in as_completed(futures):
            setting = futures[future]
            done.append({**asdict(setting), "folder": setting.data, **future.result()})
            passed = time.monotonic() - began
            left = passed / len(done) * (len(settings) - len(done))
            what = f"{setting.data}, {setting.interpretation}, seed {setting.seed}"
            say(f"{len(done)} of {len(settings)}: {what}; {left:.0f} s left")
    done.sort(
        key=lambda each: (
            each["folder"] == SYNTHETIC,
            each["folder"],
            each["interpretation"],
            each["seed"],
        )
    )
    return {"machine": describe_machine(), "settings": done}


def measure_cached(setting: Setting, workspace: Workspace) -> dict[str, Any]:
    return workspace.cache.get(setting.about(), lambda _: measure(setting)).figures


def measure(setting: Setting) -> dict[str, Any]:
    """Figures by method, and the real sizes of the cut."""
    rng = np.random.default_rng(setting.seed)
    dataset = _dataset(setting, rng)
    asked = INTERPRETATIONS[setting.interpretation](dataset, rng)
    evaluator = Evaluator(asked, setting.seed)
    figures = {
        "chance": evaluator.figures(chance(setting.seed)),
        "popularity": evaluator.figures(of(_popular(asked.train))),
    }
    for name, components in BLENDS.items():
        figures[name] = evaluator.figures(*_trained(asked, components, setting.seed))
    sizes = {"people": dataset.n_users, "items": dataset.n_items, "interactions": len(dataset.log)}
    return {
        "sizes": {**sizes, "learnt": len(asked.train.log), "asked": len(asked.queries)},
        "figures": figures,
    }


def _dataset(setting: Setting, rng: np.random.Generator) -> Dataset:
    if setting.folder is None:
        return synthetic(SyntheticLog(people=setting.people, items=setting.items), setting.seed)
    return cut_to_size(
        DataFolder(setting.folder).loaded.dataset, rng, setting.people, setting.items
    )


def _popular(dataset: Dataset) -> Recommender:
    return Recommender.of(Popularity().fit(dataset, np.random.default_rng(0)), dataset)


def _trained(
    asked: Arrangement, components: frozenset[str], seed: int
) -> tuple[Lister, dict[str, Any]]:
    without = frozenset(OPTIONS) - components
    result = train(
        asked.train,
        seed=seed,
        evaluate=False,
        serve_users=asked.tuned_on,
        without=without,
        encoder=encoders.item_encoder(),
        interests=False,
    )
    # Re-ranking uses categories, so collaborative filtering runs without it.
    return of(result.recommender), {} if without else result.blend.reranking


def one_thread_each(jobs: int) -> None:
    """Limit each process to one thread: several processes on all cores are slower."""
    if jobs > 1:
        for name in (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "TF_NUM_INTRAOP_THREADS",
            "TF_NUM_INTEROP_THREADS",
        ):
            os.environ.setdefault(name, "1")
