"""Permissions of the recommender's pages in the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Catalog, Item, Profile
from recommender.models import Impression, TrainingRun
from tests import people
from tests.recommender.admin.helpers import make_run, make_version, page_of

pytestmark = pytest.mark.django_db
State = TrainingRun.State


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
def test_staff_can_read_and_nobody_can_edit(model: str, person: str, rows: dict[str, int]) -> None:
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
