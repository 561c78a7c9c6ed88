"""The first page of the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now

from catalog.models import Catalog, Item, Profile
from recommender.admin.popularity import BINS
from recommender.models import TrainingRun
from tests import people
from tests.factories import make_catalog, make_interaction, make_item
from tests.recommender.admin.helpers import make_run, make_version, page_of

pytestmark = pytest.mark.django_db
State = TrainingRun.State


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
    assert "Your account has no permissions here yet." in page
    assert "Shop" not in page
