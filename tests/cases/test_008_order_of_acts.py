"""Cases 7, 8, 9, 44, 115: signs and order of acts decide what lists hold and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Catalog, Item
from catalog.profiles import history
from recommender.models import ModelVersion
from recommender.training import versions
from tests.api_clients import Program, writer
from tests.factories import change_kind, make_interaction, make_item, make_profile
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def did(catalog: Catalog, *acts: tuple[str, str] | tuple[str, str, float]) -> str:
    """A new person who did these things; their id."""
    profile, now = make_profile(catalog), timezone.now()
    for number, (kind, item_id, *value) in enumerate(acts):
        item = catalog.items.get(external_id=item_id)
        at = now - timedelta(minutes=len(acts) - number)
        make_interaction(
            profile, item, kind, created_at=at, **({"value": value[0]} if value else {})
        )
    return str(profile.external_id)


def reasons(api: Program, user: str) -> str:
    found = api.get("recommendations", user_id=user, n=3)["items"]
    return " ".join(item["reason"] for item in found)


def test_007_one_star_gives_another_list_than_five(api: Program, catalog: Catalog) -> None:
    low = did(catalog, ("rate", "mug-red", 1.0))
    high = did(catalog, ("rate", "mug-red", 5.0))
    good, bad = (api.get("recommendations", user_id=user, n=3) for user in (high, low))
    assert ids(good)[0].startswith("mug-")
    assert ids(bad) != ids(good)
    assert "mug-red" not in ids(bad)
    assert catalog.items.get(external_id="mug-red").title not in reasons(api, low)


@pytest.mark.parametrize(
    "last", [("dislike", "mug-red"), ("hide", "mug-red"), ("rate", "mug-red", 1.0)]
)
@pytest.mark.parametrize("first", ["like", "take", "purchase"])
def test_008_a_later_dislike_wins(api: Program, catalog: Catalog, first: str, last: tuple) -> None:
    liked = did(catalog, (first, "mug-red"))
    both = did(catalog, (first, "mug-red"), last)
    assert api.get("recommendations", user_id=liked, n=3)["fallback"] is None
    after = api.get("recommendations", user_id=both, n=3)
    assert after["fallback"] == "recent_popularity"
    assert "mug-red" not in ids(after)


def test_008_a_later_like_wins(api: Program, catalog: Catalog) -> None:
    user = did(catalog, ("dislike", "mug-red"), ("like", "mug-red"))
    answer = api.get("recommendations", user_id=user, n=3)
    assert (answer["fallback"], ids(answer)[0][:4]) == (None, "mug-")


def test_009_what_was_only_viewed_may_be_listed(api: Program, catalog: Catalog) -> None:
    everything = list(catalog.items.values_list("external_id", flat=True))
    two = did(catalog, *(("view", item_id) for item_id in everything[:2]))
    assert set(ids(api.get("recommendations", user_id=two, n=100))) == set(everything)
    every = did(catalog, *(("view", item_id) for item_id in everything))
    assert set(ids(api.get("recommendations", user_id=every, n=100))) == set(everything)


def test_009_new_items_come_before_viewed_ones(api: Program, catalog: Catalog) -> None:
    user = did(catalog, ("view", "mug-red"))
    first = ids(api.get("recommendations", user_id=user, n=3))
    assert "mug-red" not in first
    assert first[0].startswith("mug-")


def test_115_what_was_given_back_may_be_listed(api: Program, catalog: Catalog) -> None:
    user = did(catalog, ("purchase", "mug-red"), ("refund", "mug-red"))
    answer = api.get("recommendations", user_id=user, n=100)
    assert answer["fallback"] == "recent_popularity"
    assert "mug-red" in ids(answer)


def test_044_what_is_bought_again_and_again_may_come_back(api: Program, catalog: Catalog) -> None:
    user = did(catalog, ("purchase", "mug-red"), ("take", "mug-blue"))
    plain = ids(api.get("recommendations", user_id=user, n=100))
    again = ids(api.get("recommendations", user_id=user, n=100, repeat=True))
    assert set(again) - set(plain) == {"mug-red"}
    change_kind(catalog, "take", repeatable=True)
    assert {"mug-red", "mug-blue"} <= set(
        ids(api.get("recommendations", user_id=user, n=100, repeat=True))
    )


def bought(catalog: Catalog, item: Item, *days_ago: int) -> str:
    profile = make_profile(catalog)
    for days in days_ago:
        at = timezone.now() - timedelta(days=days)
        make_interaction(profile, item, "purchase", created_at=at)
    return str(profile.external_id)


@pytest.mark.django_db
def test_044_without_a_model_too(catalog: Catalog) -> None:
    items = [make_item(catalog, external_id=f"m{number}") for number in range(3)]
    user = bought(catalog, items[0], 60, 30)
    program = writer(catalog)
    assert "m0" not in ids(program.get("recommendations", user_id=user, n=100))
    assert "m0" in ids(program.get("recommendations", user_id=user, n=100, repeat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "shown"), [((90, 60, 30), True), ((62, 31, 1), False), ((900, 870, 840), False)]
)
def test_044_the_home_says_what_is_due(
    client: Client, catalog: Catalog, days: tuple[int, ...], shown: bool
) -> None:
    item = make_item(catalog, title="Coffee beans")
    client.post(f"/c/{catalog.slug}/items/{make_item(catalog).pk}/act/", {"kind": "like"})
    profile = catalog.profiles.get(external_id=None)
    for number in days:
        at = timezone.now() - timedelta(days=number)
        make_interaction(profile, item, "purchase", created_at=at)
    page = client.get(f"/c/{catalog.slug}/").content.decode()
    assert ("You bought it 3 times, about every 30 days" in page) == shown


def test_a_correction_under_the_same_event_id_counts(api: Program, catalog: Catalog) -> None:
    event = {"user_id": "zoe", "item_id": "mug-red", "kind": "rate", "event_id": "r-1"}
    api.post("interactions", {**event, "value": 5})
    profile = catalog.profiles.get(external_id="zoe")
    assert [act.rating for act in history.past(profile, n=5).liked] == [5.0]
    answer = api.post("interactions", {**event, "value": 1}, status=200)
    assert answer["value"] == 1
    assert [pk for pk, _since in history.past(profile, n=5).disliked]
    bulk = api.post("interactions/bulk", {"interactions": [{**event, "value": 4}]}, status=200)
    assert (bulk["updated"], bulk["repeated"], bulk["created"]) == (1, 0, 0)
    again = api.post("interactions/bulk", {"interactions": [{**event, "value": 4}]}, status=200)
    assert (again["updated"], again["repeated"]) == (0, 1)
