"""Case 5: items that come, or change, after a training are in the lists before the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.timezone import now

from catalog.models import Catalog, Item
from recommender.engine.data.errors import EncoderError
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.blend import Blend
from recommender.engine.text.item_features import read_texts
from recommender.engine.train import fit_blend
from recommender.models import ItemEncoding, ModelVersion, TrainingRun
from recommender.serving import live_models
from recommender.serving.recommend import recommend_for
from recommender.training import (
    artifact_store,
    datasets,
    encoders,
    item_encodings,
    run_queries,
    versions,
)
from tests.api_clients import Program, writer
from tests.factories import make_interaction, make_item, make_profile
from tests.recommender.api.answers import ids
from tests.recommender.worlds import two_camps

BLEND = Blend({"text_knn": 1.0, "words": 0.7, "semantic": 0.2, "item_knn": 0.5}, {}, 0.1)


def publish(catalog: Catalog, number: int = 1) -> ModelVersion:
    """A version that reads texts, without networks."""
    run = TrainingRun.objects.create(catalog=catalog, state="succeeded", started_at=now())
    data = datasets.load(catalog)
    scorer = fit_blend(data.dataset, BLEND, read_texts(data.dataset, 0), 0)
    folder = artifact_store.folder_name(catalog.slug, number, data.fingerprint)
    recommender = Recommender.of(scorer, data.dataset)
    artifact_store.write(
        Path(django_settings.ARTIFACTS_DIR) / folder, recommender, data.item_pks, {}
    )
    version = ModelVersion.objects.create(
        catalog=catalog, number=number, folder=folder, fingerprint=data.fingerprint, run=run,
        report={"interactions": len(data.dataset.log), "items": data.dataset.n_items},
    )  # fmt: skip
    return versions.promote(version=version)


@pytest.fixture
def version(catalog: Catalog, artifacts: Path) -> ModelVersion:
    two_camps(catalog)
    return publish(catalog)


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def add(api: Program, n: int = 200, thing: str = "mug", category: str = "Mugs") -> list[str]:
    rows = [
        {"item_id": f"new-{k}", "title": f"violet {thing} {k}", "categories": [category]}
        for k in range(n)
    ]
    assert api.post("items/bulk", {"items": rows}, status=200)["created"] == n
    return [row["item_id"] for row in rows]


def encode(catalog: Catalog) -> int:
    return item_encodings.encode_waiting(catalog.pk)


@pytest.mark.parametrize(
    "who",
    [
        {"user_id": "person-0"},
        {},
        {"category": "Mugs"},
        {"user_id": "person-0", "category": "Mugs"},
    ],
)
def test_two_hundred_new_items_are_in_every_kind_of_list(
    api: Program, catalog: Catalog, who: dict[str, str]
) -> None:
    new = set(add(api))
    assert encode(catalog) == 200
    found = ids(api.get("recommendations", n=100, **who))
    assert len(found) == 100
    assert new & set(found)


def test_a_new_item_is_listed_on_merit(api: Program, catalog: Catalog) -> None:
    """Person 0 takes mugs, person 1 towels."""
    add(api, 10)
    rows = [
        {"item_id": f"t{k}", "title": f"beige towel {k}", "categories": ["Towels"]}
        for k in range(10)
    ]
    api.post("items/bulk", {"items": rows}, status=200)
    encode(catalog)
    mugs, towels = (
        ids(api.get("recommendations", user_id=f"person-{who}", n=10)) for who in (0, 1)
    )

    def new(found: list[str], start: str) -> int:
        return sum(key.startswith(start) and key[-1].isdigit() for key in found)

    assert new(mugs, "new-") > new(mugs, "t")
    assert new(towels, "t") > new(towels, "new-")


def test_a_new_item_has_similar_items_and_is_similar_to_others(
    api: Program, catalog: Catalog
) -> None:
    new = add(api, 5)
    encode(catalog)
    found = api.get(f"items/{new[0]}/similar", n=8)
    assert found["version"] == 1
    assert all("mug" in item["title"] for item in found["items"])
    assert set(new) & set(ids(api.get("items/mug-red/similar", n=12)))


def test_reasons_of_new_items_sum_to_their_scores(api: Program, catalog: Catalog) -> None:
    new = set(add(api, 30))
    encode(catalog)
    answer = api.get("recommendations", user_id="person-0", n=40, explain="true")
    listed = [item for item in answer["items"] if item["item_id"] in new]
    assert listed
    person = catalog.profiles.get(external_id="person-0")
    cards = recommend_for(person, catalog=catalog, n=40, record=False).cards
    for card in cards:
        if card.item.external_id in new and card.contributions:
            total = sum(each.amount for each in card.contributions)
            assert total == pytest.approx(card.score, abs=1e-4)


def test_an_edited_item_is_known_by_its_new_text(api: Program, catalog: Catalog) -> None:
    assert "towel-blue" not in ids(api.get("items/mug-red/similar", n=5))
    api.send("patch", "items/towel-blue", {"title": "red mug", "categories": ["Mugs"]})
    encode(catalog)
    assert "towel-blue" in ids(api.get("items/mug-red/similar", n=5))
    assert ItemEncoding.objects.get().item.external_id == "towel-blue"


def test_an_unchanged_item_is_not_read_again(api: Program, catalog: Catalog) -> None:
    row = {"item_id": "mug-red", "title": "red mug", "categories": ["Mugs"], "provider": ""}
    api.post("items/bulk", {"items": [row]}, status=200)
    api.send("patch", "items/mug-red", {"available": False})
    assert not ItemEncoding.objects.exists()


def test_lists_without_changes_are_those_of_the_artifact(api: Program, catalog: Catalog) -> None:
    model = live_models.live(catalog)
    again = live_models.live(catalog)
    assert again.recommender is model.recommender
    stored = artifact_store.read(ModelVersion.objects.get().path).recommender
    assert stored.newer is None
    assert model.recommender.newer is None


def test_the_same_changes_give_the_same_lists(api: Program, catalog: Catalog) -> None:
    add(api, 50)
    encode(catalog)
    lists = []
    for _process in range(2):
        live_models.forget()
        lists.append(api.get("recommendations", user_id="person-0", n=60))
    assert lists[0] == lists[1]


def test_changes_read_in_two_steps_give_the_lists_of_one_step(
    api: Program, catalog: Catalog
) -> None:
    add(api, 20)
    encode(catalog)
    api.get("recommendations", n=5)
    api.post("items/bulk", {"items": [{"item_id": "late", "title": "late red mug"}]}, status=200)
    encode(catalog)
    steps = api.get("recommendations", user_id="person-0", n=40)
    live_models.forget()
    assert api.get("recommendations", user_id="person-0", n=40) == steps


def test_taking_a_new_item_changes_the_next_list(api: Program, catalog: Catalog) -> None:
    add(api, 10)
    encode(catalog)
    person = make_profile(catalog, external_id="zoe")
    make_interaction(person, Item.objects.get(external_id="new-3"))
    answer = api.get("recommendations", user_id="zoe", n=5)
    assert answer["fallback"] is None
    assert all("mug" in item["title"] for item in answer["items"])
    assert "new-3" not in ids(answer)


def test_a_deleted_new_item_is_in_no_list(api: Program, catalog: Catalog) -> None:
    new = add(api, 10)
    encode(catalog)
    api.get("recommendations", n=5)
    api.delete("items/new-0")
    assert new[0] not in ids(api.get("recommendations", user_id="person-0", n=100))


def test_a_failing_encoder_leaves_the_item_in_newest_with_the_reason(
    api: Program, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, admin_client: Client
) -> None:
    class Broken:
        name = fingerprint = "broken"
        dimension = 4

        def encode(self, texts: list[str], progress: Any = None) -> np.ndarray:
            raise EncoderError("http://encoder.example: refused")

    monkeypatch.setattr(encoders, "item_encoder", Broken)
    add(api, 3)
    encode(catalog)
    row = ItemEncoding.objects.first()
    assert (row.state, row.attempts) == ("failed", 1)
    assert "encoder.example" in row.reason
    assert row.next_try_at > now()
    answer = api.get(f"items/{row.item.external_id}")
    assert (answer["state"], answer["state_reason"]) == ("failed", row.reason)
    assert encode(catalog) == 0
    assert not any(key.startswith("new-") for key in ids(api.get("recommendations", n=100)))
    page = admin_client.get(f"/admin/catalog/item/{row.item_id}/change/").content.decode()
    assert "http://encoder.example: refused" in page
    listed = admin_client.get("/admin/recommender/itemencoding/").content.decode()
    assert "http://encoder.example: refused" in listed
    monkeypatch.undo()
    ItemEncoding.objects.update(next_try_at=now())
    assert encode(catalog) == 3
    answer = api.get(f"items/{row.item.external_id}")
    assert (answer["state"], answer["state_reason"]) == ("listed", "")
    assert set(ItemEncoding.objects.values_list("state", "reason")) == {("ready", "")}


def test_a_new_item_waits_until_a_worker_or_a_training_has_read_it(
    api: Program, catalog: Catalog, version: ModelVersion
) -> None:
    add(api, 1)
    assert api.get("items/new-0")["state"] == "waiting"
    publish(catalog, 2)
    assert api.get("items/new-0")["state"] == "listed"


def test_the_admin_says_why_an_item_is_in_no_list(
    catalog: Catalog, admin_client: Client, items: list[Item]
) -> None:
    for item, fields, said in (
        (items[0], {"available": False}, "not available"),
        (items[1], {"stock": 0}, "sold out: its stock is 0"),
        (items[2], {}, "as the model was trained"),
    ):
        Item.objects.filter(pk=item.pk).update(**fields)
        page = admin_client.get(f"/admin/catalog/item/{item.pk}/change/").content.decode()
        assert f">{said}<" in "".join(page.split("\n")).replace("> ", ">").replace(" <", "<")


def test_one_bad_item_does_not_hold_up_the_others(
    api: Program, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = item_encodings.word_counts

    def picky(items: Any) -> Any:
        if any("violet mug 1" in title for title in items.titles):
            raise ValueError("not this one")
        return plain(items)

    monkeypatch.setattr(item_encodings, "word_counts", picky)
    add(api, 3)
    encode(catalog)
    states = dict(ItemEncoding.objects.values_list("item__external_id", "state"))
    assert states == {"new-0": "ready", "new-1": "failed", "new-2": "ready"}


def test_only_the_newest_are_read_and_a_training_is_due(
    api: Program, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_encodings, "MOST_CHANGES", 5)
    monkeypatch.setattr("recommender.serving.overlay.MOST_CHANGES", 5)
    add(api, 4)
    assert encode(catalog) == 4
    api.post("items/bulk", {"items": [{"item_id": f"x{k}", "title": "red mug"} for k in range(4)]},
             status=200)  # fmt: skip
    encode(catalog)
    api.get("recommendations", n=5)
    assert int(live_models.live(catalog).recommender.newer.sum()) <= 5


def test_deletions_and_new_items_make_a_training_due(api: Program, catalog: Catalog) -> None:
    assert run_queries.catalogs_due() == []
    add(api, 200)
    assert run_queries.catalogs_due() == [catalog]
    publish(catalog, 2)
    assert run_queries.catalogs_due() == []
    for item in Item.objects.filter(external_id__startswith="new-")[:60]:
        item.delete()
    assert run_queries.catalogs_due() == [catalog]
    [reason] = run_queries.due_reasons(catalog)
    assert reason == "items that came, changed or went: 60 (due from 50 on)"


def test_items_of_before_the_first_training_are_listed_as_newest_at_once(
    catalog: Catalog, client: Client
) -> None:
    """Fault 22: a page looked at before the import is not the one after it."""
    client.get(catalog.get_absolute_url())
    api = writer(catalog)
    assert api.get("recommendations", n=3)["fallback"] == "nothing_available"
    items = [make_item(catalog, title=f"thing {number}") for number in range(3)]
    answer = api.get("recommendations", n=3)
    assert (answer["fallback"], len(answer["items"])) == ("newest", 3)
    page = client.get(catalog.get_absolute_url()).content.decode()
    assert all(f'"{item.get_absolute_url()}"' in page for item in items)
    assert not ItemEncoding.objects.exists()
