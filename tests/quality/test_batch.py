"""The lists of the batch pipeline against the two usual baselines, on the gift shop's log that
comes with the demo.

The log is real: what wholesalers and others bought of an online gift shop. It is cut at one
instant, the pipeline reads files that hold the past alone, and all methods are judged by what the
same people bought next.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.conf import settings

from recommender.engine.batch import BatchRequest, recommend_from_files
from recommender.engine.data.csv_files import Loaded, load
from recommender.engine.data.splitting import Split, split_by_time
from recommender.engine.data.types import IntArray
from recommender.engine.evaluation.evaluate import Metrics, evaluate
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.text.sentence_encoder import SentenceEncoder

pytestmark = pytest.mark.quality

DATA = settings.DEMO_DATA_DIR / "uci-online-retail"
EVENTS = 160_000
"""The oldest of the log: two fifths, so that the test takes minutes and not a quarter of an hour.
"""

LEAST_CANDIDATE_RECALL, LEAST_TAIL_RECALL = 0.4, 0.3
"""Of what people took in the newest slice of the past; what no candidate is, no list can hold."""

K = 10
SHOWN = ("ndcg", "recall", "tail_recall", "cold_recall", "coverage", "tail_share")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The oldest part of the log, with the items that were ever bought until then or will be."""
    log = pd.read_csv(DATA / "interactions.csv.gz", dtype=str)
    oldest = log.iloc[np.argsort(log.timestamp.astype(np.int64), kind="stable")[:EVENTS]]
    file = tmp_path_factory.mktemp("shop") / "log.csv"
    oldest.to_csv(file, index=False)
    return load(interactions=file, items=DATA / "items.csv.gz")


@pytest.fixture(scope="module")
def split(shop: Loaded) -> Split:
    return split_by_time(shop.dataset)


@dataclass(frozen=True)
class Batch:
    """What the command writes and reports."""

    lists: list[IntArray]
    report: dict[str, Any]


@pytest.fixture(scope="module")
def batch(shop: Loaded, split: Split, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return run_pipeline(shop, split, tmp_path_factory.mktemp("batch"))


@pytest.fixture(scope="module")
def figures(batch: Batch, split: Split) -> dict[str, Metrics]:
    lists = {
        "pipeline": batch.lists,
        "item-kNN": baseline_lists(ItemKnn(), split),
        "most popular": baseline_lists(Popularity(), split),
    }
    return {name: evaluate(made, split, K, intervals=True) for name, made in lists.items()}


def run_pipeline(shop: Loaded, split: Split, folder: Path) -> Batch:
    """Lists for the people of the split, given files that end where the split cuts."""
    log = split.train.log
    columns = {
        "user_id": shop.user_ids[log.users],
        "item_id": shop.item_ids[log.items],
        "timestamp": log.times,
    }
    pd.DataFrame(columns).to_csv(folder / "log.csv", index=False)
    pd.DataFrame({"user_id": shop.user_ids[split.users]}).to_csv(folder / "users.csv", index=False)
    files = {
        "interactions": folder / "log.csv",
        "items": DATA / "items.csv.gz",
        "users": folder / "users.csv",
    }
    report = recommend_from_files(
        BatchRequest(**files, out=folder / "lists.csv", k=K), encoder=SentenceEncoder()
    )
    table = pd.read_csv(folder / "lists.csv", dtype={"user_id": str, "item_id": str})
    table["item"] = pd.Index(shop.item_ids).get_indexer(table.item_id)
    by_user = {user: own.item.to_numpy(np.int32) for user, own in table.groupby("user_id")}
    return Batch([by_user[user] for user in shop.user_ids[split.users]], report)


def baseline_lists(scorer: Scorer, split: Split) -> list[IntArray]:
    recommender = Recommender.of(scorer.fit(split.train, np.random.default_rng(0)), split.train)
    made = recommender.recommend_many([Request(split.train.query(user), K) for user in split.users])
    return [np.array([ranked.item for ranked in one.ranked_items], dtype=np.int32) for one in made]


def test_the_pipeline_beats_item_knn_and_the_most_popular(
    figures: dict[str, Metrics], split: Split
) -> None:
    print(table_of(figures, split))  # noqa: T201 (the figures are wanted: make test-quality)
    pipeline = figures.pop("pipeline")
    assert pipeline.ndcg > max(other.ndcg for other in figures.values())
    assert pipeline.tail_recall > max(other.tail_recall for other in figures.values())


def test_the_candidates_hold_what_people_take_and_no_source_is_idle(batch: Batch) -> None:
    found = batch.report["validation"]["candidates"]
    union, sources = found["union"], found["sources"]
    print(union, {name: each["recall"] for name, each in sources.items()})  # noqa: T201
    assert union["recall"] >= LEAST_CANDIDATE_RECALL
    assert union["tail_recall"] >= LEAST_TAIL_RECALL
    assert union["recall"] > max(each["recall"] for each in sources.values())
    assert all(each["recall"] > 0 for each in sources.values())


def table_of(figures: dict[str, Metrics], split: Split) -> str:
    report = f"\n{len(split)} people, {len(split.train.log)} interactions before the cut, k = {K}\n"
    rows = [
        f"{name:14}" + "".join(f"{getattr(made, each):13.4f}" for each in SHOWN)
        for name, made in figures.items()
    ]
    return report + "\n".join([" " * 14 + "".join(f"{each:>13}" for each in SHOWN), *rows])
