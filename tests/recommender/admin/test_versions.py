"""Model versions in the admin: their figures, promotion and rolling back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from catalog.models import Catalog
from recommender.admin.measures import BY_KEY, compare
from recommender.models import ModelVersion, TrainingRun
from tests import people
from tests.recommender.admin.helpers import METRICS, make_run, make_version, page_of, texts_of
from tests.recommender.worlds import damage, publish_by_hand, two_camps

pytestmark = pytest.mark.django_db
State = TrainingRun.State


def test_a_version_is_compared_with_the_former_and_item_knn(catalog: Catalog) -> None:
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


def test_less_is_better_for_gini() -> None:
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
    assert "This version was not evaluated." in page


@pytest.mark.parametrize("quick", [True, False])
def test_a_quick_version_does_not_claim_learnt_weights(catalog: Catalog, quick: bool) -> None:
    version = make_version(catalog, quick=quick)
    page = people.viewer().get(page_of("modelversion_change", version.pk)).content.decode()
    assert ("A quick version" in page) == quick
    assert ("learnt on this catalogue." in page) != quick


@pytest.mark.usefixtures("readable")
def test_promoting_asks_first_and_retires_the_former(catalog: Catalog) -> None:
    former, version = make_version(catalog, 1, "live", promoted_at=now()), make_version(catalog, 2)
    manager, address = people.manager(), page_of("modelversion_promote", version.pk)
    question = manager.get(address).content.decode()
    assert "shop v1, the current live version, is retired" in question
    version.refresh_from_db()
    assert version.state == "candidate"
    response = manager.post(address)
    assert texts_of(response) == ["shop v2 is live now."]
    assert set(ModelVersion.objects.values_list("pk", "state")) == {
        (former.pk, "retired"),
        (version.pk, "live"),
    }


@pytest.mark.usefixtures("readable")
def test_the_question_repeats_the_gates_reason(catalog: Catalog) -> None:
    version = make_version(catalog, gate_passed=False, gate_reason="Tail recall collapsed.")
    page = people.manager().get(page_of("modelversion_promote", version.pk)).content.decode()
    assert "It did not pass the gate: Tail recall collapsed." in page


@pytest.mark.usefixtures("readable")
def test_rolling_back_makes_the_former_live_again(catalog: Catalog) -> None:
    former = make_version(catalog, 1, "retired", promoted_at=now() - timedelta(days=1))
    version = make_version(catalog, 2, "live", promoted_at=now())
    manager, address = people.manager(), page_of("modelversion_roll_back", version.pk)
    assert "shop v1" in manager.get(address).content.decode()
    assert texts_of(manager.post(address)) == ["shop v1 is live again."]
    former.refresh_from_db()
    assert former.state == "live"


@pytest.mark.usefixtures("readable")
def test_rolling_back_without_a_former_version_is_rejected(catalog: Catalog) -> None:
    version = make_version(catalog, 1, "live", promoted_at=now())
    response = people.manager().post(page_of("modelversion_roll_back", version.pk))
    assert texts_of(response) == ["There is no earlier version to roll back to."]
    version.refresh_from_db()
    assert version.state == "live"


def test_a_damaged_artifact_is_rejected_and_shown(catalog: Catalog) -> None:
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
    make_version(
        catalog, 1, "retired", damage="Deleted to save space after newer versions were trained."
    )
    page = people.viewer().get(page_of("modelversion_changelist")).content.decode()
    assert "damaged" not in page
    assert "deleted" in page


@pytest.mark.parametrize("person", ["viewer", "stranger"])
@pytest.mark.usefixtures("readable")
def test_without_the_right_nobody_can_promote(catalog: Catalog, person: str) -> None:
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
