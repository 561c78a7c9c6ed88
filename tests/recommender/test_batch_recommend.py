"""Lists from files, through the command."""

from __future__ import annotations

import csv
import gzip
import io
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.engine.builders import random_dataset


@pytest.fixture
def files(tmp_path):
    """A small catalogue; a served user has no history, and one item has no interactions."""
    data = random_dataset(n_users=50, n_items=25, n_events=600)
    rows = [
        f"u{user},i{item},1,{when + 1_500_000_000}"
        for user, item, when in zip(data.log.users, data.log.items, data.log.times, strict=True)
    ]
    (tmp_path / "log.csv").write_text("\n".join(["user_id,item_id,value,timestamp", *rows, ""]))
    titles = [f"i{item},{title},,group {item % 3}" for item, title in enumerate(data.items.titles)]
    (tmp_path / "items.csv").write_text(
        "\n".join(
            ["item_id,title,description,categories", *titles, "cold,thing group1,,group 1", ""]
        )
    )
    (tmp_path / "users.csv").write_text(
        "\n".join(["user_id", *(f"u{user}" for user in range(0, 50, 3)), "stranger", ""])
    )
    return tmp_path


def run(folder, out="out.csv", **options):
    output, log = io.StringIO(), io.StringIO()
    names = {"interactions": "log.csv", "items": "items.csv", "users": "users.csv"}
    call_command(
        "batch_recommend",
        **{name: folder / file for name, file in names.items()},
        out=folder / out,
        stdout=output,
        stderr=log,
        **options,
    )
    return json.loads(output.getvalue().splitlines()[-1]), log.getvalue()


def table(path):
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    return list(csv.DictReader(io.StringIO(text)))


def test_everybody_gets_a_full_list_of_new_items_even_a_stranger(files):
    report, _ = run(files, k=5)
    rows = table(files / "out.csv")
    had = {(row["user_id"], row["item_id"]) for row in table(files / "log.csv")}
    served = {row["user_id"] for row in table(files / "users.csv")}
    assert {row["user_id"] for row in rows} == served
    assert not {(row["user_id"], row["item_id"]) for row in rows} & had
    for user in served:
        own = [row for row in rows if row["user_id"] == user]
        assert [int(row["rank"]) for row in own] == list(range(1, 6))
        assert len({row["item_id"] for row in own}) == 5
    assert report["rows"] == len(rows) == 5 * len(served)
    assert report["fallbacks"] == {"recent_popularity": 1}


def test_items_have_their_sources(files):
    run(files)
    rows = table(files / "out.csv")
    assert all(row["sources"] for row in rows)
    assert any("|" in row["sources"] for row in rows)
    assert all(np.isfinite(float(row["score"])) for row in rows)


def test_the_last_line_tells_seconds_memory_and_blend(files):
    report, log = run(files)
    assert {"reading", "training", "recommending", "tuning"} <= set(report["seconds"])
    assert report["peak_memory_mib"] > 10
    assert report["blend"]["weights"]
    assert 0 < report["list_cpu_ms"] < 1000
    assert "recommending" in log
    assert "100%" in log


def test_the_same_seed_gives_the_same_file_packed_or_not(files):
    run(files, out="one.csv", seed=4)
    run(files, out="two.csv.gz", seed=4)
    assert table(files / "one.csv") == table(files / "two.csv.gz")


def test_the_tail_dial_brings_less_known_items(files):
    known = {}
    for row in table(files / "log.csv"):
        known[row["item_id"]] = known.get(row["item_id"], 0) + 1
    mean = {}
    for dial in (0.0, 1.0):
        run(files, tail=dial, k=5)
        mean[dial] = np.mean([known.get(row["item_id"], 0) for row in table(files / "out.csv")])
    assert mean[1.0] < mean[0.0]


def test_ids_alone_are_enough(files):
    rows = table(files / "log.csv")
    (files / "log.csv").write_text(
        "user_id,item_id\n" + "".join(f"{row['user_id']},{row['item_id']}\n" for row in rows)
    )
    (files / "items.csv").write_text("item_id\n" + "".join(f"i{item}\n" for item in range(25)))
    report, _ = run(files, k=3)
    assert report["rows"] == 3 * report["people"]


def test_items_that_the_catalogue_does_not_list_are_never_recommended(files):
    with (files / "log.csv").open("a") as log:
        log.writelines(f"u{user},ghost,1,1600000000\n" for user in range(0, 50, 2))
    report, errors = run(files)
    assert "ghost" not in {row["item_id"] for row in table(files / "out.csv")}
    assert "not in items.csv" in errors
    assert report["warnings"]


def test_a_bad_row_is_rejected_and_an_earlier_file_stays(files):
    (files / "out.csv").write_text("earlier")
    with (files / "log.csv").open("a") as log:
        log.write("u1,i1,lots,1600000000\n")
    with pytest.raises(CommandError, match=r"log\.csv: line \d+: value: “lots” must be a number"):
        run(files)
    assert (files / "out.csv").read_text() == "earlier"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "--k 0: must be 1 or more"),
        ({"tail": 1.5}, "--tail 1.5: must be between 0 and 1"),
        ({"seed": -1}, "--seed -1: must be 0 or more"),
        ({"out": "no/where.csv"}, "its folder does not exist"),
        ({"without": "linear,magic"}, "--without magic: not one of"),
    ],
)
def test_a_bad_option_is_rejected_before_the_work(files, options, said):
    with pytest.raises(CommandError, match=said):
        run(files, **options)


def test_components_can_be_left_out(files):
    report, _ = run(files, without="text_knn,words,semantic")
    assert report["blend"]["weights"].keys().isdisjoint({"text_knn", "words", "semantic"})
    assert report["validation"]["parts"].keys().isdisjoint({"text_knn", "words", "semantic"})
