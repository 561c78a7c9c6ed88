"""Quick trainings: first lists without learnt weights, until a full training follows."""

from __future__ import annotations

import pytest

from catalog.models import Catalog
from recommender.models import ModelVersion, TrainingRun
from recommender.training import execution, run_queries, runs, versions
from tests.recommender.worlds import publish_by_hand, two_camps

State = TrainingRun.State


def train(catalog: Catalog, *, quick: bool = False, force: bool = False) -> TrainingRun:
    run = runs.request_training(
        catalog=catalog,
        trigger=TrainingRun.Trigger.COMMAND,
        quick=quick,
        force=force,
        send=False,
    )
    claimed = runs.claim_run(run_id=run.pk)
    assert claimed is not None
    return execution.carry_out(claimed)


@pytest.fixture
def quick(catalog: Catalog) -> ModelVersion:
    two_camps(catalog)
    return train(catalog, quick=True).version


def test_a_quick_version_serves_and_says_that_nothing_was_evaluated(quick: ModelVersion) -> None:
    assert (quick.quick, quick.state, quick.gate_passed) == (True, ModelVersion.State.LIVE, True)
    assert "not evaluated" in quick.gate_reason
    assert quick.metrics == {"ours": {}, "live": {}, "baseline": {}}
    assert quick.blend["weights"]
    assert quick.report["interactions"] == 120


def test_the_full_training_follows_on_the_same_data(catalog: Catalog, quick: ModelVersion) -> None:
    full = train(catalog)
    assert full.state == State.SUCCEEDED
    assert run_queries.live_version(catalog) == full.version
    assert not full.version.quick
    assert full.version.metrics["live"]["ndcg"] is not None
    quick.refresh_from_db()
    assert quick.state == ModelVersion.State.RETIRED


def test_a_quick_training_of_data_that_a_version_knows_is_skipped(
    catalog: Catalog, quick: ModelVersion
) -> None:
    assert train(catalog, quick=True).state == State.SKIPPED
    train(catalog)
    assert train(catalog, quick=True).state == State.SKIPPED


def test_it_never_replaces_learnt_weights_by_itself(catalog: Catalog) -> None:
    two_camps(catalog)
    learnt = versions.promote(version=publish_by_hand(catalog, 1))
    second = train(catalog, quick=True, force=True).version
    assert (second.state, second.gate_passed) == (ModelVersion.State.CANDIDATE, False)
    assert run_queries.live_version(catalog) == learnt
    assert versions.promote(version=second).state == ModelVersion.State.LIVE


def test_a_newer_quick_version_replaces_an_older(catalog: Catalog, quick: ModelVersion) -> None:
    second = train(catalog, quick=True, force=True).version
    assert run_queries.live_version(catalog) == second


def test_learning_is_due_until_it_was_done(catalog: Catalog, quick: ModelVersion) -> None:
    (reason,) = run_queries.due_reasons(catalog)
    assert "quick" in reason
    assert run_queries.catalogs_due() == [catalog]
    train(catalog)
    assert run_queries.due_reasons(catalog) == []
    train(catalog, quick=True, force=True)
    assert run_queries.due_reasons(catalog) == []
