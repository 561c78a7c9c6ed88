"""Our metrics against a second, simple implementation, and against a reference script if given."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.data.splitting import split_by_time
from recommender.engine.evaluation.evaluate import evaluate
from tests.engine.builders import dataset, random_dataset

K = 10
NOT_IN_REFERENCE = ("miscalibration", "provider_gini", "seldom_met_share")
"""Metrics that the reference script does not compute."""


@pytest.fixture(scope="module")
def evaluated():
    split = split_by_time(random_dataset(seed=5, n_users=80, n_items=60, n_events=900), share=0.25)
    rng = np.random.default_rng(2)
    lists = []
    for user, relevant in zip(split.users, split.relevant, strict=True):
        fresh = np.setdiff1d(rng.permutation(60), split.train.query(int(user)).history)
        mixed = rng.permutation(
            np.unique(np.r_[relevant[: rng.integers(0, 4)], rng.permutation(fresh)[:9]])
        )
        lists.append(mixed[: rng.integers(0, K + 1)].astype(np.int32))
    return split, lists


def restated(split, lists):
    """The same metrics, computed with sets and loops."""
    log = [f"i{item}" for item in split.train.log.items]
    popularity = pd.Series(log).value_counts()
    head = set(popularity.index[: round(0.2 * len(popularity))])
    names = [[f"i{item}" for item in row] for row in lists]
    wanted = [{f"i{item}" for item in row} for row in split.relevant]
    figures = {}
    for prefix, wanted_item in (
        ("", lambda item: True),
        ("tail_", lambda item: item not in head),
        ("cold_", lambda item: item not in popularity.index),
    ):
        gains, recalls = [], []
        for row, all_relevant in zip(names, wanted, strict=True):
            relevant = {item for item in all_relevant if wanted_item(item)}
            if relevant:
                most = min(K, len(relevant))
                dcg = sum(
                    1 / math.log2(rank + 2) for rank, item in enumerate(row) if item in relevant
                )
                gains.append(dcg / sum(1 / math.log2(rank + 2) for rank in range(most)))
                recalls.append(len(relevant & set(row)) / most)
        figures[prefix + "ndcg"], figures[prefix + "recall"] = (
            sum(gains) / len(gains),
            sum(recalls) / len(recalls),
        )
    n, shown = split.train.n_items, [item for row in names for item in row]
    exposure = sorted(shown.count(f"i{item}") for item in range(n))
    figures["coverage"] = sum(count > 0 for count in exposure) / n
    figures["tail_share"] = sum(item not in head for item in shown) / len(shown)
    figures["gini"] = sum((2 * rank - n - 1) * count for rank, count in enumerate(exposure, 1)) / (
        n * len(shown)
    )
    shares = [(popularity.get(item, 0) + 0.5) / (len(log) + 0.5 * n) for item in shown]
    figures["novelty"] = -sum(math.log2(share) for share in shares) / len(shares)
    categories = {f"i{item}": set(names) for item, names in enumerate(split.train.items.categories)}
    pairs = [
        not categories[left] & categories[right]
        for row in names
        for position, left in enumerate(row)
        for right in row[position + 1 :]
        if categories[left] and categories[right]
    ]
    figures["category_diversity"] = sum(pairs) / len(pairs)
    del figures["cold_ndcg"]
    return (
        figures
        | restated_by_provider(split, shown)
        | {"miscalibration": restated_miscalibration(split, lists)}
    )


def restated_by_provider(split, shown):
    """Two providers, each with a third of the items; the last third has no provider."""
    of = {f"i{item}": name for item, name in enumerate(split.train.items.providers)}
    counts = {name: sum(of[item] == name for item in shown) for name in ("kiln", "mill")}
    people = dict.fromkeys(counts, 0)
    for _user, item in set(
        zip(split.train.log.users.tolist(), split.train.log.items.tolist(), strict=True)
    ):
        if of[f"i{item}"]:
            people[of[f"i{item}"]] += 1
    seldom = min(people, key=people.get)  # both have as many items
    low, high = sorted(counts.values())
    return {
        "provider_gini": (high - low) / (2 * (high + low)),
        "seldom_met_share": counts[seldom] / len(shown),
    }


def restated_miscalibration(split, lists):
    divergences = []
    for user, row in zip(split.users, lists, strict=True):
        mine, listed = (dict.fromkeys(("group 0", "group 1", "group 2"), 0.0) for _ in range(2))
        for mix, items in ((mine, split.train.query(int(user)).history), (listed, row)):
            for item in items:
                for name in split.train.items.categories[item]:
                    mix[name] += 1 / len(split.train.items.categories[item])
        if total := sum(mine.values()):
            shares_by_name = [
                (mine[name] / total, listed[name] / max(1, len(row))) for name in mine if mine[name]
            ]
            divergences.append(
                sum(
                    own * math.log(own / (0.99 * share + 0.01 * own))
                    for own, share in shares_by_name
                )
            )
    return sum(divergences) / len(divergences)


def test_metrics_agree_with_the_simple_implementation(evaluated):
    split, lists = evaluated
    ours = evaluate(lists, split, K).as_dict()
    theirs = restated(split, lists)
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert 0 < ours["cold_recall"] < 1
    assert 0 < ours["tail_recall"] < 1


@pytest.mark.skipif(
    "LONGTAIL_SCORE_PY" not in os.environ, reason="LONGTAIL_SCORE_PY names no reference script"
)
def test_metrics_agree_with_the_reference_script(evaluated, tmp_path):
    split, lists = evaluated
    write_reference_files(tmp_path, split, lists)
    command = [
        sys.executable,
        os.environ["LONGTAIL_SCORE_PY"],
        str(tmp_path),
        str(tmp_path / "lists.csv"),
    ]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    ours = evaluate(lists, split, K, intervals=True).as_dict()
    for name, value in ours.items():
        if name in NOT_IN_REFERENCE:
            continue
        digits = 4 if name in ("coverage", "gini") else 5
        assert theirs[name] == pytest.approx(round(value, digits), abs=1e-9), name


def write_reference_files(folder, split, lists):
    (folder / "train").mkdir()
    users, log, items = [f"u{user:04d}" for user in split.users], split.train.log, split.train.items
    train = pd.DataFrame(
        {"user_id": [f"u{u:04d}" for u in log.users], "item_id": [f"i{i}" for i in log.items]}
    )
    train.to_csv(folder / "train/interactions.csv.gz", index=False)
    catalogue = {
        "item_id": [f"i{i}" for i in range(len(items))],
        "categories": ["|".join(c) for c in items.categories],
    }
    pd.DataFrame(catalogue).to_csv(folder / "train/items.csv.gz", index=False)
    pd.DataFrame({"user_id": users}).to_csv(folder / "users.csv", index=False)
    taken = [
        (user, f"i{item}") for user, row in zip(users, split.relevant, strict=True) for item in row
    ]
    pd.DataFrame(taken, columns=["user_id", "item_id"]).to_csv(folder / "test.csv.gz", index=False)
    rows = [
        (u, f"i{i}", rank)
        for u, row in zip(users, lists, strict=True)
        for rank, i in enumerate(row, 1)
    ]
    pd.DataFrame(rows, columns=["user_id", "item_id", "rank"]).to_csv(
        folder / "lists.csv", index=False
    )


def test_cold_items_have_no_interaction_in_training():
    # item 1 was taken once in training, item 2 never; both are taken next
    split = split_by_time(dataset([(0, 0), (1, 1), (1, 3), (0, 1), (0, 2)], 4), share=0.4)
    assert evaluate([np.array([1])], split).cold_recall == 0
    assert evaluate([np.array([2])], split).cold_recall == 1


def test_intervals_only_on_request(evaluated):
    split, lists = evaluated
    assert "ndcg_low" not in evaluate(lists, split, K).as_dict()
    figures = evaluate(lists, split, K, intervals=True)
    assert figures.ndcg_low < figures.ndcg < figures.ndcg_high


def test_longer_lists_are_cut_to_k_items(evaluated):
    split, lists = evaluated
    assert evaluate(lists, split, 2) == evaluate([row[:2] for row in lists], split, 2)


def test_there_must_be_a_list_for_everybody(evaluated):
    split, lists = evaluated
    with pytest.raises(DataError, match="lists: 1 given"):
        evaluate(lists[:1], split)
