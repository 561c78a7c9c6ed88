"""Training runs in the admin: the button, the progress, running one again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from catalog.models import Catalog
from recommender.models import TrainingRun
from tests import people
from tests.factories import make_catalog, make_staff
from tests.recommender.admin.helpers import make_run, page_of, texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent_runs")]
State = TrainingRun.State


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
    assert texts_of(response) == ["A training run for “Shop” is queued."]


def test_the_run_is_sent_to_the_worker(
    catalog: Catalog, sent_runs: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        people.manager().post(page_of("trainingrun_train"), {"catalog": catalog.pk})
    assert sent_runs == [TrainingRun.objects.get().pk]


def test_a_second_request_is_rejected_with_its_reason(catalog: Catalog) -> None:
    make_run(catalog)
    response = people.manager().post(page_of("trainingrun_train"), {"catalog": catalog.pk})
    assert texts_of(response) == ["A training run for this catalogue is already waiting."]
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
def test_without_the_right_nobody_can_train(catalog: Catalog, person: str) -> None:
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
