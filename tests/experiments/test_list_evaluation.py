from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from recommender.engine.data.errors import DataError
from recommender.experiments.list_evaluation import evaluate_lists
from recommender.experiments.peer_lists import write_lists
from recommender.experiments.splits import make_split
from tests.experiments.builders import random_folder


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    root = tmp_path_factory.mktemp("lists")
    return make_split(
        random_folder(root / "shop", n_users=60, n_items=50, n_events=900), "last", root
    )


def lists_file(split, path, lists):
    """``lists``: person's id -> items' ids."""
    rows = [
        (user, item, rank) for user, items in lists.items() for rank, item in enumerate(items, 1)
    ]
    pd.DataFrame(rows, columns=["user_id", "item_id", "rank"]).to_csv(path, index=False)
    return path


def held_out_items(split):
    return dict(pd.read_csv(split.path / "test.csv.gz", dtype=str).itertuples(index=False))


def test_the_held_out_item_at_rank_one_is_perfect_and_no_list_is_a_miss(split, tmp_path):
    right = held_out_items(split)
    perfect = lists_file(split, tmp_path / "a.csv", {user: [item] for user, item in right.items()})
    assert evaluate_lists(split, perfect, 10).figures["ndcg"] == 1
    one = next(iter(right))
    only_one = lists_file(split, tmp_path / "b.csv", {one: [right[one]]})
    assert evaluate_lists(split, only_one, 10).figures["ndcg"] == pytest.approx(1 / len(right))


def test_ranks_count_not_the_order_of_the_file(split, tmp_path):
    write_lists(split, tmp_path / "knn.csv", "item-kNN", 10)
    table = pd.read_csv(tmp_path / "knn.csv")
    table.sample(frac=1, random_state=0).to_csv(tmp_path / "mixed.csv", index=False)
    one, other = (
        evaluate_lists(split, tmp_path / name, 10).figures for name in ("knn.csv", "mixed.csv")
    )
    assert one == pytest.approx(other, nan_ok=True)


def test_the_difference_is_paired_by_person(split, tmp_path):
    for name in ("item-kNN", "popularity"):
        write_lists(split, tmp_path / f"{name}.csv", name, 10)
    one, other = (
        evaluate_lists(split, tmp_path / f"{name}.csv", 10) for name in ("item-kNN", "popularity")
    )
    difference, low, high = one.against(other)["ndcg"]
    assert difference == pytest.approx(one.figures["ndcg"] - other.figures["ndcg"])
    assert low < difference < high
    assert one.against(one)["ndcg"] == (0, 0, 0)


def test_bad_lists_are_rejected(split, tmp_path):
    user = split.loaded.user_ids[split.loaded.serve[0]]
    has = split.loaded.item_ids[split.loaded.dataset.query(int(split.loaded.serve[0])).history[0]]
    right = held_out_items(split)[user]
    for items, message in (
        ([has], "that they have"),
        ([right, right], "repeats"),
        (["ghost"], "not in the catalogue"),
    ):
        with pytest.raises(DataError, match=message):
            evaluate_lists(split, lists_file(split, tmp_path / "bad.csv", {user: items}), 10)


@pytest.mark.skipif(
    "LONGTAIL_SCORE_PY" not in os.environ, reason="LONGTAIL_SCORE_PY names no reference script"
)
def test_figures_agree_with_the_reference_script(split, tmp_path):
    write_lists(split, tmp_path / "knn.csv", "item-kNN", 10)
    command = [
        sys.executable,
        os.environ["LONGTAIL_SCORE_PY"],
        str(split.path),
        str(tmp_path / "knn.csv"),
    ]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    ours = evaluate_lists(split, tmp_path / "knn.csv", 10).figures
    for name in theirs.keys() & ours.keys():
        assert theirs[name] == pytest.approx(ours[name], abs=6e-5, nan_ok=True), name
    assert np.isfinite(theirs["ndcg"])
