"""Model versions: promotion, rolling back, pruning."""

from __future__ import annotations

import pytest
from django.db import connection

from config.errors import AppError
from recommender.models import ModelVersion
from recommender.training.promotion_gate import Verdict
from recommender.training.versions import pass_gate, promote, prune_artifacts, roll_back
from tests.factories import make_catalog


def publish(catalog, number: int, folder: str = "", **fields) -> ModelVersion:
    fields = {
        "catalog": catalog,
        "number": number,
        "folder": folder or f"shop/{number}-good",
        **fields,
    }
    return ModelVersion.objects.create(**fields)


@pytest.mark.usefixtures("readable")
class TestPromoting:
    def test_retires_the_one_before(self, catalog):
        first, second = publish(catalog, 1), publish(catalog, 2)
        promote(version=first)
        promoted = promote(version=second)
        first.refresh_from_db()
        assert (promoted.state, first.state) == (
            ModelVersion.State.LIVE,
            ModelVersion.State.RETIRED,
        )
        assert promoted.promoted_at > first.promoted_at

    def test_again_changes_nothing(self, catalog):
        version = promote(version=publish(catalog, 1))
        assert promote(version=version).promoted_at == version.promoted_at

    def test_leaves_other_catalogues_alone(self, catalog):
        other = promote(version=publish(make_catalog(), 1))
        promote(version=publish(catalog, 1))
        other.refresh_from_db()
        assert other.state == ModelVersion.State.LIVE

    def test_an_unreadable_version_is_rejected_and_noted(self, catalog):
        live, bad = promote(version=publish(catalog, 1)), publish(catalog, 2, "shop/2-bad")
        with pytest.raises(AppError) as rejected:
            promote(version=bad)
        live.refresh_from_db()
        bad.refresh_from_db()
        assert (rejected.value.code, rejected.value.status) == ("artifact_damaged", 409)
        assert (live.state, bad.damage) == (ModelVersion.State.LIVE, "broken")

    def test_the_slower_of_two_gets_an_error(self, catalog, readable):
        """Another process promotes a version between the two statements."""
        first, second = publish(catalog, 1), publish(catalog, 2)
        updates = []

        def other_is_faster(execute, sql, params, many, context):
            if sql.startswith("UPDATE"):
                updates.append(sql)
                if len(updates) == 2:
                    ModelVersion.objects.filter(pk=first.pk).update(state="live")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(other_is_faster), pytest.raises(AppError) as rejected:
            promote(version=second)
        assert rejected.value.code == "promotion_lost"

    def test_rolling_back_makes_the_former_live(self, catalog):
        versions = [promote(version=publish(catalog, number)) for number in (1, 2, 3)]
        assert roll_back(catalog=catalog) == versions[1]

    def test_rolling_back_passes_over_damaged_ones(self, catalog, monkeypatch):
        good = promote(version=publish(catalog, 1))
        later = promote(version=publish(catalog, 2))
        promote(version=publish(catalog, 3))
        ModelVersion.objects.filter(pk=later.pk).update(folder="shop/2-bad")
        assert roll_back(catalog=catalog) == good

    def test_rolling_back_without_a_former_is_rejected(self, catalog):
        publish(catalog, 1)
        promote(version=publish(catalog, 2))
        with pytest.raises(AppError) as rejected:
            roll_back(catalog=catalog)
        assert rejected.value.code == "nothing_to_roll_back"


def test_pruning_retains_the_live_the_former_and_the_newest(catalog, readable, artifacts):
    versions = [publish(catalog, number) for number in range(1, 8)]
    for version in versions:
        version.path.mkdir(parents=True)
    promote(version=versions[1])
    promote(version=versions[2])
    roll_back(catalog=catalog)  # 2 is live, 3 the former
    pruned = prune_artifacts(catalog=catalog)
    assert [version.number for version in pruned] == [4, 1]
    assert sorted(folder.name for folder in (artifacts / "shop").iterdir()) == [
        f"{number}-good" for number in (2, 3, 5, 6, 7)
    ]
    assert ModelVersion.objects.get(number=1).damage


def test_the_verdict_is_written_to_the_version(catalog):
    version = pass_gate(version=publish(catalog, 1), verdict=Verdict(False, "worse"))
    version.refresh_from_db()
    assert (version.gate_passed, version.gate_reason) == (False, "worse")
