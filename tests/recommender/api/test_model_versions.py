from __future__ import annotations

import pytest

from catalog.models import Catalog
from recommender.models import ModelVersion
from tests.api_clients import Program, reader
from tests.factories import make_catalog
from tests.recommender.worlds import damage, publish_by_hand


@pytest.fixture
def candidate(catalog: Catalog, version: ModelVersion) -> ModelVersion:
    """Version 2, beside version 1, which is live."""
    return publish_by_hand(catalog, 2)


def states(api: Program) -> dict[int, str]:
    return {version["number"]: version["state"] for version in api.get("model-versions")["results"]}


def test_versions_are_listed_newest_first(api: Program, candidate: ModelVersion) -> None:
    assert list(states(api).items()) == [(2, "candidate"), (1, "live")]


def test_a_version_shows_its_metrics_and_its_gate(api: Program, candidate: ModelVersion) -> None:
    ModelVersion.objects.filter(number=2).update(
        metrics={"ours": {"ndcg": 0.2}},
        gate_passed=False,
        gate_reason="ndcg fell",
        report={"items": 16},
    )
    answer = api.get("model-versions/2")
    assert answer["metrics"] == {"ours": {"ndcg": 0.2}}
    assert (answer["gate_passed"], answer["gate_reason"]) == (False, "ndcg fell")
    assert answer["report"] == {"items": 16}


def test_a_promoted_version_serves_the_next_list_and_roll_back_undoes_it(
    api: Program, candidate: ModelVersion
) -> None:
    assert api.get("recommendations")["version"] == 1
    assert api.post("model-versions/2/promote", status=200)["state"] == "live"
    assert states(api) == {1: "retired", 2: "live"}
    assert api.get("recommendations")["version"] == 2
    assert api.post("model-versions/roll-back", status=200)["number"] == 1
    assert api.get("recommendations")["version"] == 1


def test_a_damaged_version_is_rejected_and_the_old_one_stays_live(
    api: Program, candidate: ModelVersion
) -> None:
    damage(candidate)
    assert api.post("model-versions/2/promote", status=409)["code"] == "artifact_damaged"
    assert api.get("model-versions/2")["damage"]
    assert api.get("recommendations")["version"] == 1


def test_there_may_be_nothing_to_roll_back_to(api: Program, version: ModelVersion) -> None:
    assert api.post("model-versions/roll-back", status=409)["code"] == "nothing_to_roll_back"


@pytest.mark.parametrize("path", ["model-versions/7", "model-versions/99999999999999999999"])
def test_an_unknown_version_is_404(api: Program, version: ModelVersion, path: str) -> None:
    api.get(path, 404)
    api.post(f"{path}/promote", status=404)


def test_another_catalogues_version_is_unknown(api: Program, version: ModelVersion) -> None:
    ModelVersion.objects.update(catalog=make_catalog())
    api.get("model-versions/1", 404)


def test_a_read_key_looks_and_does_not_promote(catalog: Catalog, candidate: ModelVersion) -> None:
    reader(catalog).get("model-versions/2")
    reader(catalog).post("model-versions/2/promote", status=403)
    reader(catalog).post("model-versions/roll-back", status=403)
    assert ModelVersion.objects.get(number=1).state == "live"


def test_a_promotion_takes_no_parameters(api: Program, candidate: ModelVersion) -> None:
    api.post("model-versions/2/promote", {"force": True}, 400)
