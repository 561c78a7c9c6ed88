from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from catalog.ingestion.item_vectors import record_vectors
from config.errors import AppError
from recommender.engine.ranking.features import FACTS, ItemFacts
from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.scorers.blend import Blend
from recommender.engine.text.encoding_cache import EncodingCache
from recommender.models import ModelVersion, TrainingRun
from recommender.training import (
    artifact_store,
    encoders,
    execution,
    promotion_gate,
    run_queries,
    runs,
    versions,
)
from recommender.training.promotion_gate import Verdict
from tests.engine.trees import stumps
from tests.factories import make_interaction
from tests.recommender.worlds import damage, two_camps

State = TrainingRun.State


@pytest.fixture
def camps(catalog):
    return two_camps(catalog)


def claimed(catalog, **options) -> TrainingRun:
    run = runs.request_training(
        catalog=catalog, trigger=TrainingRun.Trigger.ADMIN, send=False, **options
    )
    return runs.claim_run(run_id=run.pk)


def train(catalog, **options) -> TrainingRun:
    return execution.carry_out(claimed(catalog, **options))


def test_a_run_ends_in_a_live_version_with_its_figures(catalog, camps):
    run = train(catalog)
    assert (run.state, run.fraction, run.error) == (State.SUCCEEDED, 1.0, "")
    assert run.seconds
    version = run.version
    assert version == run_queries.live_version(catalog)
    assert version.fingerprint == run.fingerprint
    assert version.folder == f"shop/1-{run.fingerprint[:8]}"
    assert version.gate_passed
    assert version.gate_reason
    assert 0 <= version.metrics["ours"]["ndcg"] <= 1
    assert 0 <= version.metrics["baseline"]["ndcg"] <= 1
    assert version.metrics["live"] == {}
    assert version.blend["weights"]
    assert (version.report["items"], version.report["people"], version.report["interactions"]) == (
        16,
        24,
        120,
    )


def test_the_report_is_stored_with_the_artifact(catalog, camps):
    version = train(catalog).version
    about = artifact_store.read(version.path).manifest.about["report"]
    assert version.report == {**about, "encoder": "words"}
    assert [setting["tail"] for setting in version.report["frontier"]["settings"]] == [
        0,
        0.3,
        0.5,
        0.75,
        1,
    ]
    assert {"figures", "parts", "without", "bonuses"} <= set(version.report["validation"])


def test_unchanged_data_is_skipped_unless_forced(catalog, camps):
    train(catalog)
    skipped = train(catalog)
    assert (skipped.state, skipped.fingerprint) == (
        State.SKIPPED,
        TrainingRun.objects.last().fingerprint,
    )
    assert train(catalog, force=True).state == State.SUCCEEDED
    assert [version.number for version in run_queries.versions(catalog)] == [2, 1]


def test_new_data_is_compared_with_the_live_version(catalog, camps):
    items, profiles = camps
    first = train(catalog).version
    make_interaction(profiles[0], items[9])
    second = train(catalog).version
    assert second.metrics["live"]["ndcg"] is not None
    assert run_queries.live_version(catalog) == second
    first.refresh_from_db()
    assert first.state == ModelVersion.State.RETIRED


def serve_with_trees(version: ModelVersion) -> ModelVersion:
    """The version with trees in its artifact and report, as one that was tuned on more people."""
    artifact = artifact_store.read(version.path)
    served = artifact.recommender
    trees = TreeRanker(stumps([0, 1]), ItemFacts(np.zeros((served.n_items, len(FACTS)))), 0.5)
    artifact_store.write(
        version.path, replace(served, trees=trees), artifact.item_ids, artifact.manifest.about
    )
    validation = {**version.report["validation"], "trees": {"served": True}}
    version.report = {**version.report, "validation": validation}
    version.save()
    return version


@pytest.fixture
def contenders(monkeypatch):
    """What the trainings compare with."""
    given, whole = [], execution.train.train
    monkeypatch.setattr(
        execution.train,
        "train",
        lambda *args, live, **options: given.append(live) or whole(*args, live=live, **options),
    )
    return given


def test_the_live_version_is_compared_as_it_is_served(catalog, camps, contenders):
    served = serve_with_trees(train(catalog).version)
    # PostgreSQL gives the keys of an object in an order of its own
    weights = dict(reversed(served.blend["weights"].items()))
    ModelVersion.objects.filter(pk=served.pk).update(blend={**served.blend, "weights": weights})
    second = train(catalog, force=True).version
    first, live = contenders
    assert first is None
    assert live.blend.as_dict() == Blend.from_dict(served.blend).as_dict()
    assert live.worth == 0.5
    np.testing.assert_array_equal(live.trees.leaf_value, stumps([0, 1]).leaf_value)
    assert second.metrics["live"]["ndcg"] is not None
    assert second.report["without_trees"] == {}


@pytest.mark.parametrize("harm", [damage, lambda version: artifact_store.remove(version.path)])
def test_a_live_version_that_cannot_be_read_is_compared_without_its_trees(catalog, camps, harm):
    harm(serve_with_trees(train(catalog).version))
    version = train(catalog, force=True).version
    assert version.metrics["live"]["ndcg"] is not None
    assert version.report["without_trees"] == {"live": "unreadable"}


def test_trees_that_read_other_terms_are_not_compared(catalog, camps):
    first = serve_with_trees(train(catalog).version)
    first.blend = {"weights": {"popularity": 1.0}}
    first.save()
    version = train(catalog, force=True).version
    assert version.metrics["live"]["ndcg"] is not None
    assert version.report["without_trees"] == {"live": "other_terms"}


def test_what_fails_the_gate_stays_a_candidate_and_can_be_promoted_by_hand(
    catalog, camps, monkeypatch
):
    first = train(catalog).version
    verdict = Verdict(False, "worse")
    monkeypatch.setattr(promotion_gate, "evaluate", lambda *figures, **rivals: verdict)
    run = train(catalog, force=True)
    assert run.state == State.SUCCEEDED
    assert (run.version.state, run.version.gate_reason) == (ModelVersion.State.CANDIDATE, "worse")
    assert run_queries.live_version(catalog) == first
    assert versions.promote(version=run.version).state == ModelVersion.State.LIVE


@pytest.mark.parametrize(
    "blend",
    [
        {"weights": {"popularity": 1.0}, "surprise": 1},
        {"weights": {"no such scorer": 1.0}},
        {
            "weights": {"recent_popularity": 1.0},
            "params": {"recent_popularity": {"no such parameter": 1}},
        },
    ],
)
def test_a_live_version_with_other_scorers_is_no_rival(catalog, camps, blend):
    train(catalog)
    ModelVersion.objects.update(blend=blend)
    assert train(catalog, force=True).version.metrics["live"] == {}


def test_a_failure_is_written_to_the_run(catalog, camps, monkeypatch):
    monkeypatch.setattr("recommender.training.artifact_store.write", lambda *args: 1 / 0)
    run = claimed(catalog)
    with pytest.raises(ZeroDivisionError):
        execution.carry_out(run)
    assert (run.state, run.error) == (State.FAILED, "ZeroDivisionError: division by zero")
    assert not ModelVersion.objects.exists()


def test_a_run_that_is_given_up_publishes_nothing(catalog, camps):
    run = claimed(catalog)
    runs.fail_run(run_id=run.pk, error="swept")
    with pytest.raises(AppError):
        execution.carry_out(run)
    assert (run.state, run.error) == (State.FAILED, "swept")
    assert not ModelVersion.objects.exists()


def test_without_items_there_is_nothing_to_train(catalog):
    with pytest.raises(AppError):
        train(catalog)
    assert "no items" in TrainingRun.objects.get().error


def test_without_people_a_catalogue_can_be_trained(catalog, items):
    version = train(catalog).version
    assert version.state == ModelVersion.State.LIVE
    assert "too little data" in version.gate_reason


def test_the_same_seed_finds_the_same_blend(catalog, camps):
    blends = [train(catalog, seed=3, force=True).version.blend for _ in range(2)]
    assert blends[0] == blends[1]


def test_figures_become_json_that_every_database_takes():
    import numpy as np

    assert execution.plain(
        {"a": np.float32("nan"), "b": (np.int64(3), [float("inf")]), 1: np.arange(2)}
    ) == {
        "a": None,
        "b": [3, [None]],
        "1": [0, 1],
    }


def test_a_training_reads_with_the_encoder_and_the_owners_vectors(
    catalog, camps, settings, tmp_path
):
    settings.TEXT_ENCODER, settings.VAR_DIR = "pretrained", tmp_path
    items, _ = camps
    rows = [
        {"item_id": item.external_id, "name": "picture", "vector": [at // 8, 1 - at // 8, at % 8]}
        for at, item in enumerate(items)
    ]
    record_vectors(catalog=catalog, rows=rows)
    run = train(catalog)
    assert run.state == State.SUCCEEDED, run.error
    assert len(EncodingCache(tmp_path / encoders.CACHE_FILE)) == len(items)
    assert "sentences" in run.version.blend["weights"]
