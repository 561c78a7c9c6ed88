from __future__ import annotations

import pytest

from accounts.models import User
from catalog.models import Catalog
from recommender.models import TrainingRun
from recommender.training.runs import claim_run, fail_run, report_progress, request_training
from tests.api_clients import Program, only_problem, reader
from tests.factories import make_catalog

pytestmark = pytest.mark.usefixtures("sent_runs")

State = TrainingRun.State


def test_a_training_is_queued_and_its_address_is_given(
    api: Program, sent_runs: list[int], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.post("training-runs", {"seed": 7, "force": True, "quick": True}, 202)
    run = TrainingRun.objects.get()
    assert (run.trigger, run.seed, run.force, run.requested_by) == ("api", 7, True, None)
    assert run.quick
    assert sent_runs == [run.pk]
    assert answer["state"] == "queued"
    assert api.client.get(api.response.headers["Location"]).json() == answer


def test_progress_is_read_from_the_run(api: Program, catalog: Catalog) -> None:
    run = request_training(catalog=catalog, trigger="api")
    claim_run(run_id=run.pk)
    report_progress(run_id=run.pk, stage="fitting", fraction=0.4, eta=12.5)
    answer = api.get(f"training-runs/{run.pk}")
    assert (answer["state"], answer["stage"], answer["fraction"], answer["eta_seconds"]) == (
        "running", "fitting", 0.4, 12.5,
    )  # fmt: skip
    assert answer["version"] is None


def test_a_failed_run_has_its_error(api: Program, catalog: Catalog) -> None:
    run = request_training(catalog=catalog, trigger="api")
    fail_run(run_id=run.pk, error="no items")
    assert api.get(f"training-runs/{run.pk}")["error"] == "no items"


def test_one_waiting_run_is_enough(api: Program) -> None:
    api.post("training-runs", {}, 202)
    assert api.post("training-runs", {}, 409)["code"] == "training_already_queued"


def test_the_list_holds_this_catalogues_runs_newest_first(api: Program, catalog: Catalog) -> None:
    first = TrainingRun.objects.create(catalog=catalog, trigger="api", state=State.FAILED)
    second = TrainingRun.objects.create(catalog=catalog, trigger="command")
    TrainingRun.objects.create(catalog=make_catalog(), trigger="api")
    assert [run["id"] for run in api.get("training-runs")["results"]] == [second.pk, first.pk]
    assert [run["id"] for run in api.get("training-runs", limit=1)["results"]] == [second.pk]


def test_staff_are_named_as_those_who_asked(catalog: Catalog, staff: User, client: object) -> None:
    client.force_login(staff)
    Program(catalog, client=client).post("training-runs", {}, 202)
    assert TrainingRun.objects.get().requested_by == staff


@pytest.mark.parametrize("body", [{"seed": -1}, {"seed": 2**31}, {"quick": "perhaps"}, {"sed": 1}])
def test_a_bad_request_is_rejected_and_queues_nothing(api: Program, body: dict) -> None:
    assert only_problem(api.post("training-runs", body, 400))[0] == next(iter(body))
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize("run_id", [0, 10**30])
def test_an_unknown_run_is_404(api: Program, run_id: int) -> None:
    api.get(f"training-runs/{run_id}", 404)


def test_a_read_key_watches_and_does_not_train(catalog: Catalog) -> None:
    reader(catalog).get("training-runs")
    reader(catalog).post("training-runs", {}, 403)
    Program(catalog).post("training-runs", {}, 401)
