"""Case 6: low values are dislikes. Two groups of people have opposite tastes."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

DATA = Path(__file__).parent / "data"
FOLDERS = (
    "120-stars-5-vs-1", "121-labels-1-vs-0", "122-labels-plus-minus", "120c-control-positives-only",
)  # fmt: skip


def lists(log: Path, items: Path, out: Path, **options: object) -> tuple[list[dict], dict]:
    printed = io.StringIO()
    call_command(
        "batch_recommend", interactions=log, items=items, out=out,
        without="interest,sequence", stdout=printed, stderr=io.StringIO(), **options,
    )  # fmt: skip
    with out.open() as file:
        return list(csv.DictReader(file)), json.loads(printed.getvalue().splitlines()[-1])


def liked_groups(log: Path) -> dict[str, str]:
    sums: dict[str, Counter] = defaultdict(Counter)
    with log.open() as file:
        for row in csv.DictReader(file):
            sums[row["user_id"]][row["item_id"][0]] += float(row["value"])
    return {user: of_user.most_common(1)[0][0] for user, of_user in sums.items()}


@pytest.mark.parametrize("folder", FOLDERS)
def test_most_places_are_of_the_liked_group(folder: str, tmp_path: Path) -> None:
    log = DATA / folder / "log.csv"
    rows, report = lists(log, DATA / folder / "items.csv", tmp_path / "out.csv")
    liked = liked_groups(log)
    share = sum(row["item_id"][0] == liked[row["user_id"]] for row in rows) / len(rows)
    assert share > 0.95
    assert any("--scale" in text for text in report["warnings"]) == ("control" not in folder)


def with_kinds(source: Path, target: Path, positive: str, negative: str) -> Path:
    """The same log, with kinds in place of the values."""
    with source.open() as file:
        rows = list(csv.DictReader(file))
    lines = ["user_id,item_id,kind,timestamp"]
    for row in rows:
        base = [row["user_id"], row["item_id"]]
        kind = positive if float(row["value"]) > 3 else negative
        if negative == "refund" and kind == "refund":
            lines.append(",".join([*base, positive, row["timestamp"]]))
        lines.append(",".join([*base, kind, row["timestamp"]]))
    target.write_text("\n".join([*lines, ""]))
    return target


@pytest.mark.parametrize(("positive", "negative"), [("buy", "refund"), ("Like", "dislike")])
def test_kinds_in_a_file_have_their_signs(positive: str, negative: str, tmp_path: Path) -> None:
    source = DATA / "120-stars-5-vs-1"
    log = with_kinds(source / "log.csv", tmp_path / "log.csv", positive, negative)
    rows, report = lists(log, source / "items.csv", tmp_path / "out.csv")
    liked = liked_groups(source / "log.csv")
    share = sum(row["item_id"][0] == liked[row["user_id"]] for row in rows) / len(rows)
    assert share > 0.95
    assert any("was read as" in text for text in report["warnings"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"scale": "thumbs"}, "value: 5 is not on the scale thumbs"),
        ({"map_kind": ["x"]}, "--map-kind x: must be WORD=KIND"),
        ({"map_kind": ["x=eat"]}, "map-kind: 'eat' must be one of view, like"),
    ],
)
def test_what_does_not_fit_is_rejected(options: dict, reason: str, tmp_path: Path) -> None:
    source = DATA / "120-stars-5-vs-1"
    with pytest.raises(CommandError, match=reason):
        lists(source / "log.csv", source / "items.csv", tmp_path / "out.csv", **options)


def test_an_unknown_kind_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("user_id,item_id,kind\nu,A1,buy\nu,A2,eat\n")
    with pytest.raises(CommandError, match=r"log.csv: line 3: kind: “eat” is no known kind"):
        lists(tmp_path / "log.csv", DATA / FOLDERS[0] / "items.csv", tmp_path / "out.csv")
