from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import now

from catalog.models import Catalog, Item, Profile
from recommender.admin.measures import BY_KEY, compare
from recommender.admin.popularity import BINS, curve_of
from recommender.models import Impression, ModelVersion, TrainingRun
from recommender.training import queue
from tests import people
from tests.factories import make_catalog, make_interaction, make_item, make_staff
from tests.recommender.worlds import damage, publish_by_hand, two_camps

pytestmark = pytest.mark.django_db
State = TrainingRun.State

METRICS = {
    "ours": {"ndcg": 0.0284, "ndcg_low": 0.0251, "ndcg_high": 0.0312,
             "tail_recall": 0.0389, "coverage": 0.8, "gini": 0.6},
    "live": {"ndcg": 0.0262, "tail_recall": 0.0311, "coverage": 0.7, "gini": 0.7},
    "baseline": {"ndcg": 0.0152, "tail_recall": 0.0134, "coverage": 0.87, "gini": 0.5, "novelty": None},
}  # fmt: skip


def page_of(name: str, *args: object) -> str:
    return reverse(f"admin:recommender_{name}", args=args)


def texts_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Runs that would have been sent to a worker."""
    sent_runs: list[int] = []
    monkeypatch.setattr(queue, "enqueue_training", sent_runs.append)
    return sent_runs


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.training.artifact_store.damage_of", lambda path: "")


def make_run(catalog: Catalog, state: str = State.QUEUED, **fields: Any) -> TrainingRun:
    return TrainingRun.objects.create(catalog=catalog, state=state, trigger="command", **fields)


def make_version(
    catalog: Catalog, number: int = 1, state: str = "candidate", **fields: Any
) -> ModelVersion:
    fields = {
        "metrics": METRICS,
        "blend": {"weights": {"knn": 3, "tfidf": 1, "unused": 0}},
        **fields,
    }
    return ModelVersion.objects.create(
        catalog=catalog, number=number, state=state, folder=f"shop/{number}", **fields
    )


# Who sees what


@pytest.fixture
def rows(catalog: Catalog, items: list[Item], profile: Profile) -> dict[str, int]:
    run = make_run(catalog, State.SUCCEEDED, seconds={"tuning": 3.25})
    version = make_version(catalog, run=run)
    shown = Impression.objects.create(
        profile=profile, item=items[0], version=version, surface="for_you", position=1
    )
    return {"trainingrun": run.pk, "modelversion": version.pk, "impression": shown.pk}


@pytest.mark.parametrize("model", ["trainingrun", "modelversion", "impression"])
@pytest.mark.parametrize("person", ["owner", "manager", "viewer"])
def test_staff_look_and_nobody_edits(model: str, person: str, rows: dict[str, int]) -> None:
    client = getattr(people, person)()
    assert client.get(page_of(f"{model}_changelist")).status_code == 200
    assert client.get(page_of(f"{model}_change", rows[model])).status_code == 200
    assert client.get(page_of(f"{model}_add")).status_code == 403
    assert client.post(page_of(f"{model}_change", rows[model]), {}).status_code == 403
    assert client.post(page_of(f"{model}_delete", rows[model]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["trainingrun", "modelversion", "impression"])
def test_the_stranger_is_sent_to_sign_in(model: str, rows: dict[str, int]) -> None:
    response = people.stranger().get(page_of(f"{model}_change", rows[model]))
    assert reverse("admin:login") in response["Location"]


# Train now


def test_train_now_asks_first_and_queues_a_run_in_the_persons_name(catalog: Catalog) -> None:
    staff = make_staff()
    client = people.signed_in(staff)
    assert "Train" in client.get(page_of("trainingrun_train")).content.decode()
    assert not TrainingRun.objects.exists()
    response = client.post(page_of("trainingrun_train"), {"catalog": catalog.pk, "force": "on"})
    run = TrainingRun.objects.get()
    assert (run.catalog, run.requested_by, run.trigger, run.force) == (
        catalog,
        staff,
        "admin",
        True,
    )
    assert response["Location"] == page_of("trainingrun_change", run.pk)
    assert texts_of(response) == ["Training of “Shop” is queued."]


def test_the_run_is_sent_to_the_worker(
    catalog: Catalog, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        people.manager().post(page_of("trainingrun_train"), {"catalog": catalog.pk})
    assert sent == [TrainingRun.objects.get().pk]


def test_a_second_request_is_refused_with_its_reason(catalog: Catalog) -> None:
    make_run(catalog)
    response = people.manager().post(page_of("trainingrun_train"), {"catalog": catalog.pk})
    assert texts_of(response) == ["A training of this catalogue waits already."]
    assert TrainingRun.objects.count() == 1


def test_a_catalogues_page_trains_that_catalogue(catalog: Catalog) -> None:
    make_catalog()
    manager, address = (
        people.manager(),
        reverse("admin:catalog_catalog_train_now", args=[catalog.pk]),
    )
    assert (
        address
        in manager.get(reverse("admin:catalog_catalog_change", args=[catalog.pk])).content.decode()
    )
    assert f'<option value="{catalog.pk}" selected>' in manager.get(address).content.decode()


@pytest.mark.parametrize("person", ["viewer", "stranger"])
def test_who_may_not_train_has_no_button_and_no_way(catalog: Catalog, person: str) -> None:
    client = getattr(people, person)()
    for address in (
        page_of("trainingrun_train"),
        reverse("admin:catalog_catalog_train_now", args=[catalog.pk]),
    ):
        assert client.post(address, {"catalog": catalog.pk}).status_code in (302, 403)
    assert not TrainingRun.objects.exists()
    listing = client.get(page_of("trainingrun_changelist"))
    assert page_of("trainingrun_train") not in listing.content.decode()


def test_a_failed_run_can_be_run_again_and_its_error_read(catalog: Catalog) -> None:
    run = make_run(catalog, State.FAILED, error="MemoryError: <out> of memory", force=True)
    manager, again = people.manager(), page_of("trainingrun_run_again", run.pk)
    page = manager.get(page_of("trainingrun_change", run.pk)).content.decode()
    assert again in page
    assert "MemoryError: &lt;out&gt; of memory" in page
    assert "checked" in manager.get(again).content.decode()
    manager.post(again, {"catalog": catalog.pk})
    assert TrainingRun.objects.filter(state=State.QUEUED).count() == 1


def test_a_run_that_ended_well_has_no_button_to_run_it_again(catalog: Catalog) -> None:
    run = make_run(catalog, State.SUCCEEDED)
    page = people.manager().get(page_of("trainingrun_change", run.pk)).content.decode()
    assert page_of("trainingrun_run_again", run.pk) not in page


# Progress


def test_a_running_run_is_asked_for_until_it_is_over(catalog: Catalog) -> None:
    run = make_run(catalog, State.RUNNING, stage="tuning", fraction=0.42, eta_seconds=31.4)
    viewer, address = people.viewer(), page_of("trainingrun_progress", run.pk)
    response = viewer.get(address)
    fragment = response.content.decode()
    assert f'hx-get="{address}"' in fragment
    assert "42 %" in fragment
    assert "about 31 s left" in fragment
    assert "HX-Refresh" not in response
    TrainingRun.objects.update(state=State.SUCCEEDED)
    response = viewer.get(address)
    assert "hx-get" not in response.content.decode()
    assert response["HX-Refresh"] == "true"


def test_progress_is_not_for_strangers(catalog: Catalog) -> None:
    run = make_run(catalog, State.RUNNING)
    assert people.stranger().get(page_of("trainingrun_progress", run.pk)).status_code == 302
    nobody = people.signed_in(people.with_permission())
    assert nobody.get(page_of("trainingrun_progress", run.pk)).status_code == 403


# Versions


def test_a_version_stands_beside_the_former_and_item_knn(catalog: Catalog) -> None:
    page = (
        people.viewer()
        .get(page_of("modelversion_change", make_version(catalog).pk))
        .content.decode()
    )
    for figure in ("0.0284", "0.0262", "0.0152", "0.0251 – 0.0312", "80.0%", "87.0%"):
        assert figure in page
    assert "unused" not in page


def test_bars_begin_at_zero_and_the_longest_fills_the_row() -> None:
    row = compare(ModelVersion(metrics=METRICS), [BY_KEY["tail_recall"]])[0]
    ours, live, baseline = (bar.length for bar in row.bars)
    assert ours == 180
    assert live / ours == pytest.approx(0.0311 / 0.0389, abs=0.01)
    assert baseline / ours == pytest.approx(0.0134 / 0.0389, abs=0.01)


def test_less_is_better_where_it_is() -> None:
    verdicts = {row.measure.key: row.verdict for row in compare(ModelVersion(metrics=METRICS))}
    assert verdicts == {
        "ndcg": "better",
        "tail_recall": "better",
        "coverage": "worse",
        "gini": "worse",
    }


def test_a_version_that_was_not_measured_says_so(catalog: Catalog) -> None:
    version = make_version(catalog, metrics={"ours": {"ndcg": None}})
    page = people.viewer().get(page_of("modelversion_change", version.pk)).content.decode()
    assert "This version was not measured." in page


@pytest.mark.usefixtures("readable")
def test_promoting_asks_first_and_retires_the_former(catalog: Catalog) -> None:
    former, version = make_version(catalog, 1, "live", promoted_at=now()), make_version(catalog, 2)
    manager, address = people.manager(), page_of("modelversion_promote", version.pk)
    question = manager.get(address).content.decode()
    assert "shop v1, live until now, is retired" in question
    version.refresh_from_db()
    assert version.state == "candidate"
    response = manager.post(address)
    assert texts_of(response) == ["shop v2 serves now."]
    assert set(ModelVersion.objects.values_list("pk", "state")) == {
        (former.pk, "retired"),
        (version.pk, "live"),
    }


@pytest.mark.usefixtures("readable")
def test_the_question_repeats_why_the_gate_refused(catalog: Catalog) -> None:
    version = make_version(catalog, gate_passed=False, gate_reason="Tail recall collapsed.")
    page = people.manager().get(page_of("modelversion_promote", version.pk)).content.decode()
    assert "It did not pass the gate: Tail recall collapsed." in page


@pytest.mark.usefixtures("readable")
def test_rolling_back_makes_the_former_live_again(catalog: Catalog) -> None:
    former = make_version(catalog, 1, "retired", promoted_at=now() - timedelta(days=1))
    version = make_version(catalog, 2, "live", promoted_at=now())
    manager, address = people.manager(), page_of("modelversion_roll_back", version.pk)
    assert "shop v1" in manager.get(address).content.decode()
    assert texts_of(manager.post(address)) == ["shop v1 serves again."]
    former.refresh_from_db()
    assert former.state == "live"


@pytest.mark.usefixtures("readable")
def test_rolling_back_without_a_former_version_is_refused(catalog: Catalog) -> None:
    version = make_version(catalog, 1, "live", promoted_at=now())
    response = people.manager().post(page_of("modelversion_roll_back", version.pk))
    assert texts_of(response) == ["There is no earlier version that could be made live."]
    version.refresh_from_db()
    assert version.state == "live"


def test_a_damaged_artifact_is_refused_and_shown(catalog: Catalog) -> None:
    two_camps(catalog)
    version = publish_by_hand(catalog, 1)
    damage(version)
    manager = people.manager()
    response = manager.post(page_of("modelversion_promote", version.pk))
    assert "cannot be read" in texts_of(response)[0]
    version.refresh_from_db()
    assert version.state == "candidate"
    assert (
        "This artifact cannot be read"
        in manager.get(page_of("modelversion_change", version.pk)).content.decode()
    )
    assert "damaged" in manager.get(page_of("modelversion_changelist")).content.decode()


def test_a_version_deleted_to_save_space_is_not_called_damaged(catalog: Catalog) -> None:
    make_version(catalog, 1, "retired", damage="Deleted to save space when newer versions came.")
    page = people.viewer().get(page_of("modelversion_changelist")).content.decode()
    assert "damaged" not in page
    assert "deleted" in page


@pytest.mark.parametrize("person", ["viewer", "stranger"])
@pytest.mark.usefixtures("readable")
def test_who_may_not_promote_has_no_button_and_no_way(catalog: Catalog, person: str) -> None:
    make_version(catalog, 1, "retired", promoted_at=now())
    live, version = make_version(catalog, 2, "live", promoted_at=now()), make_version(catalog, 3)
    client = getattr(people, person)()
    for address in (
        page_of("modelversion_promote", version.pk),
        page_of("modelversion_roll_back", live.pk),
    ):
        assert client.post(address).status_code in (302, 403)
        assert (
            address not in client.get(page_of("modelversion_change", version.pk)).content.decode()
        )
    assert ModelVersion.objects.get(state="live") == live


def test_lists_of_versions_need_the_same_queries_however_long(
    catalog: Catalog, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 30):
        make_version(catalog, number, run=make_run(catalog, State.SUCCEEDED))
    viewer = people.viewer()
    for name in ("modelversion_changelist", "trainingrun_changelist"):
        with django_assert_max_num_queries(10):
            viewer.get(page_of(name))


# The first page


def test_the_first_page_shows_what_serves_and_what_is_wrong(
    catalog: Catalog, items: list[Item], profile: Profile
) -> None:
    make_interaction(profile, items[0])
    make_version(catalog, 3, "live", promoted_at=now(), damage="counts.npy: checksum differs")
    make_run(catalog, State.FAILED, error="Traceback\nMemoryError: too big")
    running = make_run(catalog, State.RUNNING, fraction=0.5, stage="tuning")
    page = people.viewer().get(reverse("admin:index")).content.decode()
    for text in (
        "v3",
        "0.0284",
        "0.0152",
        "counts.npy: checksum differs",
        "MemoryError: too big",
        "50 %",
    ):
        assert text in page
    assert page_of("trainingrun_progress", running.pk) in page
    assert "simulated" not in page


def test_a_failure_that_was_followed_by_a_success_is_no_warning(catalog: Catalog) -> None:
    make_run(catalog, State.FAILED, error="too big")
    make_run(catalog, State.SUCCEEDED)
    assert "too big" not in people.viewer().get(reverse("admin:index")).content.decode()


def test_simulated_people_are_called_so(catalog: Catalog) -> None:
    Catalog.objects.update(log_is_simulated=True)
    assert (
        "The people in this catalogue are simulated"
        in people.viewer().get(reverse("admin:index")).content.decode()
    )


def test_the_first_page_needs_few_queries_however_many_catalogues(
    django_assert_max_num_queries: Any,
) -> None:
    for _number in range(8):
        catalog = make_catalog()
        for _item in range(BINS):
            make_item(catalog)
        make_version(catalog, 1, "live", promoted_at=now())
        make_run(catalog, State.FAILED, error="x")
        make_run(catalog, State.RUNNING)
    owner = people.owner()
    with django_assert_max_num_queries(20):
        owner.get(reverse("admin:index"))


def test_staff_without_rights_see_no_figures(catalog: Catalog) -> None:
    nobody = people.signed_in(people.with_permission())
    page = nobody.get(reverse("admin:index")).content.decode()
    assert "Your account has no rights here yet." in page
    assert "Shop" not in page


# The curve


def test_the_curve_puts_the_best_known_first_and_splits_head_from_tail() -> None:
    known = np.array([0] * 90 + [10] * 10)
    shown = np.array([1] * 100)
    curve = curve_of(np.stack([known, shown], axis=1))
    assert curve.known[:2] == (0.5, 0.5)
    assert sum(curve.known[2:]) == 0
    assert curve.shares == {
        "known": {"head": "100%", "tail": "0%"},
        "shown": {"head": "20%", "tail": "80%"},
    }


def test_a_curve_without_impressions_draws_one_line_only() -> None:
    curve = curve_of(np.stack([np.arange(40), np.zeros(40, dtype=int)], axis=1))
    assert curve.shown_path == ""
    assert curve.known_path.startswith("M0,96 L0.0,4.0")
