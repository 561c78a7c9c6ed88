from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from recommender.engine.data.errors import DataError
from recommender.experiments import splits
from recommender.experiments.folders import DataFolder
from recommender.experiments.splits import make_split
from tests.experiments.builders import folder_of, random_folder

TEXT = {"user_id": str, "item_id": str}


@pytest.fixture
def folder(tmp_path):
    return random_folder(tmp_path / "shop", n_users=50, n_items=40, n_events=700)


def tables(split):
    return pd.read_csv(split.interactions, dtype=TEXT), pd.read_csv(
        split.path / "test.csv.gz", dtype=TEXT
    )


def test_by_time_training_has_nothing_of_the_future(folder, tmp_path):
    split = make_split(folder, "time", tmp_path)
    train, test = tables(split)
    log = folder.log().set_index(["user_id", "item_id"]).timestamp
    asked = [log[user, item] for user, item in test.itertuples(index=False)]
    assert train.timestamp.max() < min(asked)
    assert set(test.user_id) <= set(train.user_id)
    assert len(test) > 20


def test_by_last_the_newest_item_of_each_person_is_held_out(folder, tmp_path):
    train, test = tables(make_split(folder, "last", tmp_path))
    newest = folder.log().sort_values("timestamp").groupby("user_id").item_id.last()
    assert not test.user_id.duplicated().any()
    assert set(test.user_id) == set(train.user_id)
    assert all(newest[user] == item for user, item in test.itertuples(index=False))


def test_a_repeated_pair_counts_once_at_its_first_time(tmp_path):
    events = [("ann", f"i{n}", n) for n in range(6)] + [("ann", "i0", 9)]
    train, test = tables(make_split(folder_of(tmp_path / "shop", events), "last", tmp_path))
    assert list(test.item_id) == ["i5"]
    assert list(train.item_id) == ["i0", "i1", "i2", "i3", "i4"]


def test_people_with_few_items_and_items_of_them_alone_are_left_out(tmp_path):
    events = [("ann", f"i{n}", n) for n in range(5)] + [("bob", f"j{n}", n) for n in range(4)]
    split = make_split(folder_of(tmp_path / "shop", events), "last", tmp_path)
    assert split.about["people"] == 1
    assert split.about["items"] == 5


def test_cold_items_are_in_the_catalogue_and_can_be_held_out(tmp_path):
    events = [(person, f"i{n}", n) for person in ("ann", "bob") for n in range(6)] + [
        ("ann", "new", 99)
    ]
    split = make_split(folder_of(tmp_path / "shop", events), "last", tmp_path)
    cold = int(np.flatnonzero(split.loaded.item_ids == "new")[0])
    assert split.split.train.counts[cold] == 0
    assert cold in np.concatenate(split.split.relevant)


def test_of_many_people_a_fixed_sample_is_served(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(splits, "MOST_PEOPLE", 10)
    split = make_split(folder, "last", tmp_path)
    assert len(split.loaded.serve) == split.about["asked"] == 10
    assert split.about["people"] > 10
    everybody = make_split(folder, "last", tmp_path, everybody=True)
    assert everybody.about["asked"] == everybody.about["people"]


def test_a_split_is_made_once_for_the_same_content(folder, tmp_path):
    first = make_split(folder, "time", tmp_path)
    before = first.interactions.stat().st_mtime_ns
    assert (
        make_split(DataFolder(folder.path), "time", tmp_path).interactions.stat().st_mtime_ns
        == before
    )
    changed = folder_of(folder.path, [("ann", f"i{n}", n) for n in range(9)])
    assert make_split(changed, "time", tmp_path).path != first.path


def test_the_protocol_depends_on_the_log(tmp_path):
    ordinal = [
        (f"u{person}", f"i{(person * 3 + n) % 40}", n) for person in range(40) for n in range(8)
    ]
    assert folder_of(tmp_path / "order", ordinal).protocol() == "last"
    real = [
        (f"u{person}", f"i{(person + n) % 40}", 7 * person + 100 * n)
        for person in range(40)
        for n in range(8)
    ]
    assert folder_of(tmp_path / "clock", real).protocol() == "time"


def test_a_folder_without_a_log_is_rejected(tmp_path):
    with pytest.raises(DataError, match=r"no interactions\.csv\.gz"):
        DataFolder.at(tmp_path)


@pytest.mark.skipif(
    "LONGTAIL_SPLIT_PY" not in os.environ, reason="LONGTAIL_SPLIT_PY names no script to agree with"
)
@pytest.mark.parametrize("protocol", ["time", "last"])
def test_splits_agree_with_the_reference_script(folder, tmp_path, protocol):
    theirs = tmp_path / "theirs"
    command = [
        sys.executable,
        os.environ["LONGTAIL_SPLIT_PY"],
        str(folder.path),
        str(theirs),
        "--protocol",
        protocol,
    ]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = make_split(folder, protocol, tmp_path)
    assert (ours.about["train"], ours.about["test"]) == (said["train"], said["test"])
    for name in ("train/interactions.csv.gz", "train/items.csv.gz", "users.csv", "test.csv.gz"):
        one, other = (pd.read_csv(path / name, dtype=str) for path in (ours.path, theirs))
        keys = [key for key in ("user_id", "item_id") if key in one]
        assert (
            one.sort_values(keys).to_numpy().tolist() == other.sort_values(keys).to_numpy().tolist()
        )
