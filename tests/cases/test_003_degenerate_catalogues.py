"""Case 3 and its kind: every catalogue trains, and gives lists or names its fallback."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog.models import Catalog, Item
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import Query
from recommender.engine.pipeline import Request
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.train import TrainingResult, train
from recommender.engine.tuning.search_space import NETWORKS, OPTIONS
from recommender.models import ModelVersion, TrainingRun
from tests.api_clients import writer
from tests.cases.degenerate import TITLES, degenerate
from tests.factories import make_interaction, make_item, make_profile

DATA = Path(__file__).parent / "data"
BATCHES = ["136-title-is-the-id", "137-two-word", "117-single-user", "118-has-everything"]
BATCHES += ["119-no-items", "99c-cold-only", "116-single-item-user"]


def check(data: Dataset, result: TrainingResult) -> None:
    """Nobody's list has an item twice, or is empty without a name for it."""
    queries = [data.query(user) for user in range(min(data.n_users, 5))]
    for query in [Query.of([]), *queries]:
        request = Request(query, 5, tail=0.3, min_tail_share=0.2, diversity=0.15, calibration=0.2)
        made = result.recommender.recommend(request)
        listed = [item.item for item in made.ranked_items]
        assert len(set(listed)) == len(listed)
        assert not set(listed) & set(query.history.tolist())
        left = data.n_items - len(query)
        assert len(listed) == min(5, left)
        assert listed or made.fallback == "nothing_available"
        assert all(np.isfinite(item.score) for item in made.ranked_items)


@pytest.mark.parametrize("titles", TITLES)
@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_every_catalogue_trains_without_a_failing_part(n: int, titles: str) -> None:
    for events in ("no events", "one person", "one event each", "the same item"):
        data = degenerate(n, titles, events)
        result = train(data, seed=0, without=NETWORKS)
        assert result.warnings == [], events
        check(data, result)


@pytest.mark.tensorflow
@pytest.mark.parametrize("titles", ["empty", "one word", "emoji", "SKU"])
def test_every_catalogue_trains_with_networks(titles: str) -> None:
    data = degenerate(1000, titles, "many")
    result = train(data, seed=0)
    assert result.warnings == []
    check(data, result)


@pytest.mark.parametrize("when", ["fit", "score_batch"])
def test_a_failing_component_is_left_out_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, when: str
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("no word at all\nsecond line")

    monkeypatch.setattr(Words, when, fail)
    data = degenerate(40, "two scripts", "some")
    result = train(data, seed=0, without=NETWORKS)
    assert result.warnings == [
        {"component": "words", "reason": "ZeroDivisionError: no word at all"}
    ]
    assert "words" not in result.blend.weights
    assert "Traceback" in caplog.text
    check(data, result)


def test_a_component_that_fails_only_on_all_the_data_is_left_out_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, data = ItemKnn.fit, degenerate(40, "empty", "some")

    def fail(self: ItemKnn, train: Dataset, rng: np.random.Generator) -> ItemKnn:
        if type(self) is ItemKnn and train is data:
            raise FloatingPointError("too much")
        return plain(self, train, rng)

    monkeypatch.setattr(ItemKnn, "fit", fail)
    result = train(data, seed=0, without={*OPTIONS} - {"item_knn"})
    assert [warning["component"] for warning in result.warnings] == ["item_knn"]
    assert set(result.blend.weights) == {"popularity"}
    check(data, result)


def run_batch(folder: Path, out: Path) -> tuple[list[dict[str, str]], dict[str, object]]:
    printed, users = StringIO(), folder / "users.csv"
    more = ["--users", str(users)] if users.exists() else []
    call_command(
        "batch_recommend",
        *("--interactions", str(folder / "log.csv"), "--items", str(folder / "items.csv")),
        *("--out", str(out), "--without", ",".join(NETWORKS), *more),
        stdout=printed,
        stderr=StringIO(),
        verbosity=0,
    )
    with out.open() as file:
        return list(csv.DictReader(file)), json.loads(printed.getvalue().splitlines()[-1])


#: A file with a header alone is an error at every door.
WITHOUT_ROWS = {"119-no-items", "99c-cold-only"}


@pytest.mark.parametrize("case", [name for name in BATCHES if (DATA / name).exists()])
def test_batches_of_the_cases_give_lists_or_name_the_fallback(
    case: str, tmp_path: Path, settings: object
) -> None:
    settings.TEXT_ENCODER = "words"
    if case in WITHOUT_ROWS:
        with pytest.raises(CommandError, match="has no rows"):
            run_batch(DATA / case, tmp_path / "lists.csv")
        return
    rows, report = run_batch(DATA / case, tmp_path / "lists.csv")
    assert rows or report["fallbacks"] or not report["people"]
    assert not [line for line in report["warnings"] if "left out of the model" in line]


@pytest.mark.tensorflow
def test_a_catalogue_without_a_word_in_two_titles_trains_by_command(
    catalog: Catalog, artifacts: Path
) -> None:
    """600 items and 2,400 events: enough for the networks."""
    things = [make_item(catalog, title=f"SKU{number}") for number in range(600)]
    for user in range(300):
        person = make_profile(catalog)
        for step in range(8):
            make_interaction(person, things[(user * 7 + step * step) % 600])
    call_command("train", catalog.slug, "--here", stdout=StringIO())
    assert ModelVersion.objects.get().warnings == []


def test_a_left_out_component_is_said_by_command_api_and_admin(
    catalog: Catalog,
    items: list[Item],
    artifacts: Path,
    admin_client: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(20):
        person = make_profile(catalog)
        for item in items[number % 3 : number % 3 + 3]:
            make_interaction(person, item)

    def fail(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("no word at all")

    monkeypatch.setattr(Words, "fit", fail)
    said = StringIO()
    call_command("train", catalog.slug, "--here", stdout=StringIO(), stderr=said)
    assert "words failed and is left out of the model: ZeroDivisionError" in said.getvalue()
    warning = {"component": "words", "reason": "ZeroDivisionError: no word at all"}
    version, run = ModelVersion.objects.get(), TrainingRun.objects.get()
    assert version.warnings == run.warnings == [warning]
    api = writer(catalog)
    assert api.get(f"training-runs/{run.pk}")["warnings"] == [warning]
    assert api.get(f"model-versions/{version.number}")["warnings"] == [warning]
    for model, row in (("trainingrun", run), ("modelversion", version)):
        page = admin_client.get(f"/admin/recommender/{model}/{row.pk}/change/").content.decode()
        assert "ZeroDivisionError: no word at all" in page


@pytest.mark.parametrize("change", [{"available": False}, {"language": ""}, {"title": ""}])
def test_unavailable_wordless_items_train(
    catalog: Catalog, items: list[Item], artifacts: Path, change: dict[str, object]
) -> None:
    person = make_profile(catalog, external_id="ann")
    for item in items[:3]:
        make_interaction(person, item)
    Item.objects.update(**change)
    call_command("train", catalog.slug, "--here", stdout=StringIO())
    answer = writer(catalog).get("recommendations", user_id="ann", n=5)
    empty = "available" in change
    assert len(answer["items"]) == (0 if empty else 3)
    assert answer["fallback"] == ("nothing_available" if empty else answer["fallback"])
