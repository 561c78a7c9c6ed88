"""What `batch_recommend` lists although it is in the log: viewed items, and repeated ones."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from config.errors import AppError
from recommender.training import file_datasets
from recommender.training.file_feedback import FileFeedback

DAY = 86_400
ITEMS = ("bread", "milk", "lamp", "desk", "sofa", "vase")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """People buy bread every other day; ``ann`` had bread and a lamp, and viewed a desk."""
    rows = [
        f"u{user},{item},purchase,{1_600_000_000 + DAY * (2 * week + user)}"
        for user in range(12)
        for week in range(3)
        for item in (("bread", "milk") if week else ("bread", ITEMS[2 + user % 4]))
    ]
    rows += [
        f"ann,bread,purchase,{1_600_000_000 + 10 * DAY}",
        f"ann,lamp,like,{1_600_000_000 + 10 * DAY}",
        f"ann,desk,view,{1_600_000_000 + 10 * DAY}",
        f"ann,sofa,click,{1_600_000_000 + 10 * DAY}",
    ]
    (tmp_path / "log.csv").write_text("\n".join(["user_id,item_id,kind,timestamp", *rows, ""]))
    (tmp_path / "items.csv").write_text(
        "\n".join(["item_id,title", *(f"{item},A {item}" for item in ITEMS), ""])
    )
    (tmp_path / "users.csv").write_text("user_id\nann\n")
    return tmp_path


def listed(folder: Path, **options: object) -> list[str]:
    printed = io.StringIO()
    call_command(
        "batch_recommend", interactions=folder / "log.csv", items=folder / "items.csv",
        users=folder / "users.csv", out=folder / "out.csv", k=6, without="interest,sequence",
        stdout=printed, stderr=io.StringIO(), **options,
    )  # fmt: skip
    assert json.loads(printed.getvalue().splitlines()[-1])["people"] == 1
    with (folder / "out.csv").open() as file:
        return [row["item_id"] for row in csv.DictReader(file)]


def test_views_and_clicks_make_no_item_known(folder: Path) -> None:
    found = listed(folder)
    assert set(found) == {"milk", "desk", "sofa", "vase"}
    assert set(found[-2:]) == {"desk", "sofa"}


def test_repeatable_items_come_back_on_request(folder: Path) -> None:
    assert set(listed(folder, repeat=True)) == {"bread", "milk", "desk", "sofa", "vase"}


def test_the_quantity_of_an_order_line_counts_as_pieces(tmp_path: Path) -> None:
    """Ten pieces weigh double, and a refund of one of three takes nothing back."""
    (tmp_path / "items.csv").write_text("item_id\nbread\nmilk\nlamp\n")
    (tmp_path / "log.csv").write_text(
        "user_id,item_id,kind,quantity\nann,bread,purchase,10\nann,milk,purchase,\n"
        "ann,lamp,purchase,3\nann,lamp,refund,1\n"
    )
    paths = {"interactions": tmp_path / "log.csv", "items": tmp_path / "items.csv"}
    log = file_datasets.load(**paths, feedback=FileFeedback()).dataset.log
    assert log.items.tolist() == [0, 1, 2]
    assert log.weights[0] == 2 * log.weights[1]


def test_a_quantity_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id\nbread\n")
    (tmp_path / "log.csv").write_text("user_id,item_id,quantity\nann,bread,1\nbob,bread,0\n")
    paths = {"interactions": tmp_path / "log.csv", "items": tmp_path / "items.csv"}
    with pytest.raises(AppError, match="line 3: quantity: “0” must be above 0"):
        file_datasets.load(**paths, feedback=FileFeedback())
