"""`batch_recommend` by the command: who is served, and options that say how files are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from tests.cases.test_006_values_in_batch import DATA, lists

BASE = DATA / "01-baseline" / "items.csv"


def served(folder: str, out: Path, **options: Any) -> tuple[dict[str, set[str]], dict[str, Any]]:
    """Person -> items of the list, and the report."""
    files = DATA / folder
    items = files / "items.csv" if (files / "items.csv").exists() else BASE
    if "users" not in options and (files / "users.csv").exists():
        options["users"] = files / "users.csv"
    rows, report = lists(files / "log.csv", items, out, **options)
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["user_id"], set()).add(row["item_id"])
    assert len(rows) == sum(map(len, found.values())) == report["rows"]
    return found, report


EVERYTHING = {"i1", "i2", "i3"}


@pytest.mark.parametrize(
    ("folder", "expected", "fallbacks", "warned"),
    [
        (
            "105-batch-users-unknown",
            {"1": EVERYTHING, "new": EVERYTHING, "u1": {"i3"}},
            {"recent_popularity": 3},
            "users.csv: user_id: ids such as 1.0",
        ),
        (
            "114-batch-all-items-unknown",
            {"u1": EVERYTHING, "u2": EVERYTHING},
            {"recent_popularity": 2},
            "2 items are not in items.csv",
        ),
        ("116-single-item-user", {}, {"nothing_available": 1}, ""),
        ("117-single-user", {"u1": {"i3"}}, {"recent_popularity": 1}, ""),
        (
            "118-has-everything",
            {"u1": {"i2", "i3"}, "u2": {"i1", "i3"}},
            {"nothing_available": 1},
            "",
        ),
    ],
)
def test_everybody_gets_what_they_have_not(
    tmp_path: Path, folder: str, expected: dict, fallbacks: dict, warned: str
) -> None:
    found, report = served(folder, tmp_path / "out.csv")
    assert (found, report["fallbacks"]) == (expected, fallbacks)
    assert bool(report["warnings"]) == bool(warned)
    assert warned in "".join(report["warnings"])


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("106-batch-users-noheader", "users.csv: line 1: the header has no column user_id"),
        ("107-batch-users-empty", "users.csv: has no rows"),
    ],
)
def test_a_users_file_that_names_nobody_is_rejected(tmp_path: Path, folder: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        served(folder, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_columns_name_those_of_a_users_file_without_a_header(tmp_path: Path) -> None:
    found, _report = served(
        "106-batch-users-noheader", tmp_path / "out.csv", columns=["users=user_id"]
    )
    assert found == {"u1": {"i3"}, "u2": {"i2", "i3"}}


OPTIONS: list[tuple[str, str, bytes, dict[str, Any], str]] = [
    ("items", "items.csv", "item_id,title\ni1,Łyżka\ni9,b\n".encode("cp1250"),
     {"encoding": "cp1250"}, ""),
    ("log", "log.csv", b"user_id^item_id\nu1^i1\n",
     {"delimiter": "^", "items": b"item_id^title\ni1^a\ni9^b\n"}, ""),
    ("log", "log.dat", b"u1::i1::5::978300760\n",
     {"delimiter": "::", "columns": ["interactions=user_id,item_id,value,timestamp"],
      "items": b"item_id::title\ni1::a\ni9::b\n"}, ""),
    ("log", "log.csv", b"who,item_id\nu1,i1\n", {"map": ["interactions.user_id=who"]}, ""),
    ("items", "items.csv", b"key,title\ni1,a\ni9,b\n", {"map": ["items.item_id=key"]}, ""),
    ("log", "log.csv", b"u1,i1\n", {"columns": ["interactions=user_id,item_id"]}, ""),
    ("log", "log.csv", b"user_id,item_id,timestamp\nu1,i1,31/12/2023\n",
     {"time_format": "%d/%m/%Y"}, ""),
    ("log", "log.csv", b"user_id,item_id,timestamp\nu1,i1,19722\n", {"time_format": "days"}, ""),
    ("log", "log.csv", b"user_id,item_id\nu1,i1\n,i1\nu1\n", {"skip_bad": True},
     "log.csv: line 3: user_id: “” is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("holds", "name", "content", "options", "warned"), OPTIONS)
def test_options_say_how_a_file_is_written(
    tmp_path: Path, holds: str, name: str, content: bytes, options: dict, warned: str
) -> None:
    """u1 took i1 of two items: the list is the other one. Without the option it is rejected."""
    given = dict(options)
    files = {
        "items": given.pop("items", b"item_id,title\ni1,a\ni9,b\n"),
        "log": b"user_id,item_id\nu1,i1\n",
    }
    files[holds] = content
    (tmp_path / "items.csv").write_bytes(files["items"])
    log = tmp_path / (name if holds == "log" else "log.csv")
    log.write_bytes(files["log"])
    out = tmp_path / "out.csv"
    rows, report = lists(log, tmp_path / "items.csv", out, **given)
    assert [(row["user_id"], row["item_id"]) for row in rows] == [("u1", "i9")]
    assert warned in "\n".join(report["warnings"])
    if "encoding" in given:  # without it the text is guessed, and the guess is said
        assert "a guess" in "".join(lists(log, tmp_path / "items.csv", out)[1]["warnings"])
        return
    with pytest.raises(CommandError, match="line"):
        lists(log, tmp_path / "items.csv", tmp_path / "none.csv")
    assert not (tmp_path / "none.csv").exists()
