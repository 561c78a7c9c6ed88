from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Catalog, Interaction, Item, Profile, SuspectProfile
from catalog.popularity import people_per_item
from catalog.profiles.suspect_detection import Acts, signs
from catalog.profiles.suspects import lift, mark_suspects
from recommender.training.datasets import load
from tests.factories import make_catalog, make_interaction, make_item, make_profile

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
DAY = 86_400


def ordinary(people: int = 400, seed: int = 0) -> list[tuple[int, int, int]]:
    """(profile, item, time): people come over a year, each for a few of 60 items."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        came = START + int(rng.integers(0, 365 * DAY))
        items = rng.choice(60, size=rng.integers(2, 9), replace=False)
        rows += [(person, int(item), came + int(rng.integers(0, 40 * DAY))) for item in items]
    return rows


def fakes(target: int, seconds: int, n: int = 10, seed: int = 1) -> list[tuple[int, int, int]]:
    rng = np.random.default_rng(seed)
    rows = []
    for fake in range(1_000, 1_000 + n):
        came = START + 200 * DAY + int(rng.integers(0, seconds))
        rows += [(fake, item, came + 60) for item in [target, *rng.choice(60, 5, replace=False)]]
    return rows


def found(rows: list[tuple[int, int, int]]) -> dict[int, str]:
    table = np.array(rows, dtype=np.int64)
    return {key: sign.reason for key, sign in signs(Acts(*table.T.copy())).items()}


@pytest.mark.parametrize("seed", range(5))
def test_ordinary_people_are_not_marked(seed: int) -> None:
    assert found(ordinary(seed=seed)) == {}


@pytest.mark.parametrize("seconds", [600, DAY // 2, 5 * DAY])
def test_newcomers_who_push_one_item_are_marked(seconds: int) -> None:
    rows = ordinary() + fakes(target=77, seconds=seconds)
    assert found(rows) == dict.fromkeys(range(1_000, 1_010), "burst")


def test_a_program_with_too_many_acts_is_marked() -> None:
    rows = ordinary() + [(5_000, n % 60, START + n) for n in range(2_000)]
    assert found(rows) == {5_000: "rate"}


def test_where_everybody_orders_much_at_once_nobody_is_an_outlier() -> None:
    rows = [(who, n % 60, START + who * DAY + n) for who in range(40) for n in range(1_200)]
    assert found(rows) == {}


@pytest.mark.parametrize("people", [1, 9, 500])
def test_a_catalogue_where_everybody_comes_for_one_item_marks_nobody(people: int) -> None:
    assert found([(who, 1, START + who) for who in range(people)]) == {}


def test_an_empty_log_has_no_suspects() -> None:
    assert signs(Acts(*np.zeros((3, 0), dtype=np.int64))) == {}


@pytest.fixture
def pushed(catalog: Catalog) -> Item:
    """A catalogue of 120 people, and 10 fakes who came in one hour for one item."""
    target, other = make_item(catalog, title="Pushed"), make_item(catalog, title="Other")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [(other, start + timedelta(days=n)) for n in range(120)]
    rows += [(target, start + timedelta(days=60, minutes=n)) for n in range(10)]
    profiles = [make_profile(catalog, external_id=f"p{n}") for n in range(len(rows))]
    Interaction.objects.bulk_create(
        Interaction(profile=who, item=item, kind="take", created_at=when, catalog=catalog)
        for who, (item, when) in zip(profiles, rows, strict=True)
    )
    return target


@pytest.mark.django_db
def test_marked_profiles_are_neither_counted_nor_trained_on(pushed: Item) -> None:
    catalog = pushed.catalog
    assert people_per_item(pushed.catalog, [pushed.pk]) == {pushed.pk: 10}
    assert mark_suspects(catalog=catalog) == 10
    assert people_per_item(pushed.catalog, [pushed.pk]) == {pushed.pk: 0}
    data = load(catalog)
    assert data.dataset.n_users == 120
    assert mark_suspects(catalog=catalog) == 0


@pytest.mark.django_db
def test_a_lifted_mark_counts_the_profile_again_for_good(pushed: Item, admin_user: User) -> None:
    mark_suspects(catalog=pushed.catalog)
    marks = list(SuspectProfile.objects.all()[:4])
    assert lift(marks=marks, user=admin_user) == 4
    assert people_per_item(pushed.catalog, [pushed.pk]) == {pushed.pk: 4}
    assert mark_suspects(catalog=pushed.catalog) == 0
    assert people_per_item(pushed.catalog, [pushed.pk]) == {pushed.pk: 4}


@pytest.mark.django_db
def test_staff_see_the_evidence_and_lift_marks(pushed: Item, admin_client: Client) -> None:
    mark_suspects(catalog=pushed.catalog)
    address = reverse("admin:catalog_suspectprofile_changelist")
    page = admin_client.get(address).content.decode()
    assert "10 newcomers within 1 hour, all with “Pushed”" in page
    marks = SuspectProfile.objects.values_list("pk", flat=True)
    data = {"action": "lift", "_selected_action": list(marks)}
    assert admin_client.post(address, data, follow=True).status_code == 200
    assert not SuspectProfile.objects.filter(lifted_at=None).exists()
    assert people_per_item(pushed.catalog, [pushed.pk]) == {pushed.pk: 10}
    mark = SuspectProfile.objects.first()
    assert mark is not None
    change = reverse("admin:catalog_suspectprofile_change", args=[mark.pk])
    assert admin_client.get(change).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("agent", "marked"), [("Mozilla/5.0", False), ("python-httpx/0.28", True)])
def test_an_act_of_a_program_marks_its_profile(
    client: Client, catalog: Catalog, agent: str, marked: bool
) -> None:
    item = make_item(catalog)
    client.post(
        reverse("catalog:act", args=[catalog.slug, item.pk]),
        {"kind": "take"},
        HTTP_USER_AGENT=agent,
    )
    profile = Profile.objects.get()
    assert SuspectProfile.objects.filter(profile=profile, reason="agent").exists() is marked
    assert people_per_item(item.catalog, [item.pk]) == {item.pk: 0 if marked else 1}


@pytest.mark.django_db
def test_marks_of_one_catalogue_do_not_read_another(pushed: Item) -> None:
    other = make_catalog()
    make_interaction(make_profile(other), make_item(other))
    assert mark_suspects(catalog=other) == 0
