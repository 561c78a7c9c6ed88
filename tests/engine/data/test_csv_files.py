from __future__ import annotations

import gzip

import numpy as np
import pytest

from recommender.engine.data.csv_files import load
from recommender.engine.data.errors import DataError

ITEMS = "item_id,title,description,categories\na,Red tea,,Drinks|Tea\nb,Blue tea,,\nc,,,\n"
LOG = "user_id,item_id,value,timestamp\nu1,b,2,30\nu2,a,1,10\nu1,a,1,20\n"


@pytest.fixture
def load_files(tmp_path):
    def write(interactions=LOG, items=ITEMS, users=None):
        paths = {}
        for name, text in (("interactions", interactions), ("items", items), ("users", users)):
            if text is not None:
                paths[name] = tmp_path / f"{name}.csv"
                paths[name].write_text(text, encoding="utf-8")
        return load(**paths)

    return write


def test_ids_become_indices_and_the_log_is_oldest_first(load_files):
    loaded = load_files()
    assert loaded.item_ids.tolist() == ["a", "b", "c"]
    assert loaded.user_ids[loaded.dataset.log.users].tolist() == ["u2", "u1", "u1"]
    assert loaded.item_ids[loaded.dataset.log.items].tolist() == ["a", "a", "b"]
    assert loaded.dataset.log.times.tolist() == [10, 20, 30]
    assert loaded.dataset.log.values.tolist() == [1, 1, 2]
    assert loaded.dataset.items.categories[0] == ("Drinks", "Tea")
    assert loaded.warnings == ()


def test_gzip_files_are_read(tmp_path):
    for name, text in (("interactions", LOG), ("items", ITEMS)):
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    loaded = load(interactions=tmp_path / "interactions.csv.gz", items=tmp_path / "items.csv.gz")
    assert len(loaded.dataset.log) == 3


def test_people_in_the_users_file_are_served_in_its_order(load_files):
    loaded = load_files(users="user_id\nnew\nu1\nu1\n")
    assert loaded.user_ids[loaded.serve].tolist() == ["new", "u1"]
    assert len(loaded.dataset.query(loaded.serve[0])) == 0


def test_only_ids_are_required(load_files):
    loaded = load_files("user_id,item_id\nu1,b\nu1,a\n", "item_id\na\nb\n")
    assert loaded.dataset.log.times.tolist() == [0, 1]
    assert np.isnan(loaded.dataset.log.values).all()
    assert loaded.dataset.items.titles == ["", ""]


def test_vectors_are_named_after_their_files_and_zero_if_missing(load_files, tmp_path):
    (tmp_path / "picture.csv.gz").write_bytes(
        gzip.compress(b"item_id,vector\nc,0.5 -2\na,1 3e-1\nx,0 0\n")
    )
    load_files()
    paths = {name: tmp_path / f"{name}.csv" for name in ("interactions", "items")}
    loaded = load(**paths, vectors=[tmp_path / "picture.csv.gz"])
    vectors = loaded.dataset.items.vectors["picture"]
    np.testing.assert_allclose(vectors, [[1, 0.3], [0, 0], [0.5, -2]])
    assert vectors.dtype == np.float32
    assert loaded.warnings == ("picture.csv.gz: 1 items are unknown; their vectors were not used",)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a,1 2\nb,1", "line 3: vector '1' must have 2 numbers like the first"),
        ("a,1 2\nb,1 x", "line 3: vector '1 x' must be numbers"),
        ("a,1 2\nb,inf 1", "line 3: vector 'inf 1' must be numbers"),
        ("a,", "line 2: vector '' must not be empty"),
    ],
)
def test_an_invalid_vector_is_reported_with_file_line_and_value(load_files, tmp_path, rows, reason):
    (tmp_path / "picture.csv").write_text(f"item_id,vector\n{rows}\n")
    load_files()
    with pytest.raises(DataError, match=f"picture.csv, {reason}"):
        load(
            interactions=tmp_path / "interactions.csv",
            items=tmp_path / "items.csv",
            vectors=[tmp_path / "picture.csv"],
        )


def test_iso_dates_become_times(load_files):
    loaded = load_files("user_id,item_id,timestamp\nu1,a,2024-01-02\nu1,b,2024-01-01T12:00:00\n")
    assert loaded.item_ids[loaded.dataset.log.items].tolist() == ["b", "a"]
    assert np.diff(loaded.dataset.log.times).tolist() == [12 * 3600]


def test_unknown_items_are_used_for_training_but_not_listed(load_files):
    loaded = load_files(LOG + "u2,zzz,1,40\n")
    assert loaded.item_ids.tolist() == ["a", "b", "c", "zzz"]
    assert loaded.listed.tolist() == [True, True, True, False]
    assert "1 items" in loaded.warnings[0]
    assert "items.csv" in loaded.warnings[0]


def test_repeated_items_give_a_warning_and_the_first_row_counts(load_files):
    loaded = load_files(items=ITEMS + "a,Other,,\n")
    assert loaded.dataset.items.titles[0] == "Red tea"
    assert "1 repeated item_id" in loaded.warnings[0]


def test_ids_stay_strings(load_files):
    loaded = load_files("user_id,item_id\n007,NA\n", "item_id\nNA\n0012\n")
    assert loaded.item_ids.tolist() == ["NA", "0012"]
    assert loaded.user_ids.tolist() == ["007"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"interactions": LOG + "u3,a,many,40\n"},
            "interactions.csv, line 5: value 'many' must be a number",
        ),
        (
            {"interactions": LOG + "u3,a,1,soon\n"},
            "interactions.csv, line 5: timestamp 'soon' must be a number",
        ),
        (
            {"interactions": LOG + ",a,1,1\n"},
            "interactions.csv, line 5: user_id '' must not be empty",
        ),
        (
            {"interactions": LOG + "u3,,1,1\nu3,,2,2\n"},
            "line 5: item_id '' must not be empty (2 such rows)",
        ),
        ({"interactions": LOG + "u3,a\n"}, "line 5: timestamp '' must be a number like the others"),
        ({"interactions": LOG + "u3,a,1,1,1,1\n"}, "interactions.csv: cannot be read as CSV"),
        (
            {"interactions": "user,item_id\nu,a\n"},
            "interactions.csv: no column user_id; columns are user, item_id",
        ),
        ({"interactions": ""}, "interactions.csv: cannot be read as CSV"),
        (
            {"items": 'item_id,title\na,"two\nlines"\n,x\n'},
            "items.csv, line 4: item_id '' must not be empty",
        ),
        ({"users": "id\nu1\n"}, "users.csv: no column user_id"),
        (
            {"interactions": "user_id,item_id,timestamp\nu,a,2024-01-01\nu,b,nope\n"},
            "line 3: timestamp 'nope'",
        ),
    ],
)
def test_an_invalid_row_is_rejected_with_file_line_field_and_value(load_files, files, message):
    with pytest.raises(DataError) as error:
        load_files(**files)
    assert message in str(error.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv: no such file"):
        load(interactions=tmp_path / "nowhere.csv", items=tmp_path / "items.csv")
