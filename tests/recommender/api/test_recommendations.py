from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Catalog, Interaction, Item, Profile
from recommender.models import Impression, ModelVersion
from recommender.training import versions
from tests.api_clients import Program, reader
from tests.factories import make_api_key, make_catalog, make_interaction, make_item, make_profile
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, rate_camps, two_camps

ITEM_FIELDS = {
    "item_id",
    "title",
    "rank",
    "score",
    "sources",
    "reason",
    "people",
    "popularity_rank",
    "predicted_stars",
    "language",
    "price",
    "currency",
    "image_url",
    "group",
}


def test_a_person_gets_what_their_camp_takes(api: Program, version: ModelVersion) -> None:
    answer = api.get("recommendations", user_id="person-0", n=3)
    assert set(answer) == {
        "version", "fallback", "tail", "items", "left_out", "other_languages",
    }  # fmt: skip
    assert (answer["version"], answer["fallback"]) == (1, None)
    assert [item["rank"] for item in answer["items"]] == [1, 2, 3]
    assert all(set(item) == ITEM_FIELDS for item in answer["items"])
    assert ids(answer)[0].startswith("mug-")
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


def test_stars_are_predicted_for_who_rated_and_null_for_others(
    api: Program, catalog: Catalog
) -> None:
    items, profiles = two_camps(catalog)
    rate_camps(items, profiles)
    versions.promote(version=publish_by_hand(catalog, 1))
    said = api.get("recommendations", user_id="person-0", n=3)["items"]
    assert all(1 <= item["predicted_stars"] <= 5 for item in said)
    assert {item["predicted_stars"] for item in api.get("recommendations", n=3)["items"]} == {None}


def test_what_a_person_has_is_not_recommended(api: Program, version: ModelVersion) -> None:
    taken = set(
        Profile.objects.get(external_id="person-0").interactions.values_list(
            "item__external_id", flat=True
        )
    )
    assert taken.isdisjoint(ids(api.get("recommendations", user_id="person-0", n=100)))


def test_calibration_brings_a_list_closer_to_the_persons_categories(
    api: Program, version: ModelVersion
) -> None:
    for item_id in ("mug-white", "mug-black", "towel-white"):
        api.post("interactions", {"user_id": "both", "item_id": item_id, "kind": "take"})

    def divergence(**params: Any) -> float:
        answer = api.get(
            "recommendations", user_id="both", n=6, explain="true", record="false", **params
        )
        stage = next(each for each in answer["trace"] if each["stage"] == "reranking")
        return stage["figures"].get("miscalibration")

    assert divergence() is None
    assert divergence(calibration=1) < divergence(calibration=0.01)
    Catalog.objects.update(calibration=1)
    assert divergence() == divergence(calibration=1)
    assert divergence(calibration=0) is None


def test_a_catalogues_provider_quota_is_a_minimum(api: Program, camps: list[Item]) -> None:
    small = camps[4:8]
    Item.objects.update(provider="big")
    Item.objects.filter(pk__in=[item.pk for item in small]).update(provider="small")
    Interaction.objects.filter(item__in=small, profile__external_id__gt="person-2").delete()
    versions.promote(version=publish_by_hand(Catalog.objects.get(), 1))
    api.post("interactions", {"user_id": "new", "item_id": "mug-red", "kind": "take"})
    names = {item.external_id for item in small}

    def small_items(**params: Any) -> int:
        return len(names & set(ids(api.get("recommendations", user_id="new", n=5, **params))))

    assert small_items() < 2
    Catalog.objects.update(min_provider_share=0.4)
    assert small_items() == small_items(min_provider_share=0.2) == 2
    assert small_items(min_provider_share=0.6) == 3


def test_an_interaction_changes_the_next_list(api: Program, version: ModelVersion) -> None:
    before = ids(api.get("recommendations", user_id="new", n=3))
    for colour in ("white", "black"):
        api.post("interactions", {"user_id": "new", "item_id": f"towel-{colour}", "kind": "take"})
    answer = api.get("recommendations", user_id="new", n=3)
    assert answer["fallback"] is None
    assert ids(answer) != before
    assert all(item_id.startswith("towel-") for item_id in ids(answer))
    assert not {"towel-white", "towel-black"} & set(ids(answer))


def test_without_a_person_or_with_an_unknown_one_a_named_fallback_answers(
    api: Program, version: ModelVersion
) -> None:
    anonymous = api.get("recommendations", n=5)
    unknown = api.get("recommendations", n=5, user_id="nobody")
    assert anonymous["fallback"]
    assert len(ids(anonymous)) == 5
    assert unknown == anonymous
    assert not Profile.objects.filter(external_id="nobody").exists()


def test_without_a_model_the_popular_ones_answer(api: Program, camps: list[Item]) -> None:
    answer = api.get("recommendations", user_id="person-0", n=5)
    assert (answer["version"], answer["fallback"]) == (None, "popular")
    assert len(ids(answer)) == 5


def test_an_empty_catalogue_answers_an_empty_list(api: Program) -> None:
    assert ids(api.get("recommendations")) == []


def test_a_category_narrows_the_list(api: Program, version: ModelVersion) -> None:
    answer = api.get("recommendations", user_id="person-0", category="Towels", n=3)
    assert len(ids(answer)) == 3
    assert all(item_id.startswith("towel-") for item_id in ids(answer))


def test_only_tail_leaves_the_head_out(api: Program, version: ModelVersion) -> None:
    everything = api.get("recommendations", n=100)["items"]
    tail = api.get("recommendations", n=100, only_tail="true")["items"]
    assert 0 < len(tail) < len(everything)
    assert max(item["people"] for item in tail) <= min(
        item["people"]
        for item in everything
        if item["item_id"] not in {item["item_id"] for item in tail}
    )


def test_the_dial_comes_from_the_request_then_the_person_then_the_catalogue(
    api: Program, version: ModelVersion, catalog: Catalog
) -> None:
    def tail(**query: object) -> float:
        return api.get("recommendations", user_id="person-0", **query)["tail"]

    assert tail() == 0.3
    Profile.objects.filter(external_id="person-0").update(tail=0.5)
    assert tail() == 0.5
    assert tail(tail=0.9) == 0.9
    Catalog.objects.update(tail_max=0.6)
    assert tail(tail=0.9) == 0.6


def test_impressions_are_written_unless_the_list_is_not_shown(
    api: Program, version: ModelVersion
) -> None:
    api.get("recommendations", user_id="person-0", n=3, record="false")
    assert not Impression.objects.exists()
    answer = api.get("recommendations", user_id="person-0", n=3)
    shown = Impression.objects.order_by("position")
    assert [impression.item.external_id for impression in shown] == ids(answer)
    assert {(impression.surface, impression.version_id) for impression in shown} == {
        ("api", version.pk)
    }


@pytest.mark.parametrize(
    "stated_preferences",
    [{}, {"tail": 0.9}, {"category": "Towels"}, {"only_tail": "true", "tail": 0.8}],
)
def test_explanations_sum_to_the_scores_with_any_parameters(
    api: Program, version: ModelVersion, stated_preferences: dict[str, Any]
) -> None:
    answer = api.get("recommendations", user_id="person-0", explain="true", **stated_preferences)
    assert answer["items"]
    for item in answer["items"]:
        for grouping in ("shares", "by_scorer"):
            amounts = [share["amount"] for share in item["explanation"][grouping]]
            assert sum(amounts) == pytest.approx(item["score"], abs=1e-4)


def test_an_explanation_names_past_items_and_the_trace_the_stages(
    api: Program, version: ModelVersion
) -> None:
    answer = api.get("recommendations", user_id="person-0", n=3, explain="true")
    best = answer["items"][0]["explanation"]["shares"][0]
    assert best["item_id"].startswith("mug-")
    assert best["line"]
    assert answer["trace"][0]["stage"] == "candidates"
    assert all(stage["milliseconds"] >= 0 for stage in answer["trace"])


def test_explaining_a_list_costs_the_same_queries_however_long(
    api: Program, version: ModelVersion, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(24):
        api.get("recommendations", user_id="person-0", n=10, explain="true")


def test_a_list_costs_few_queries_however_long(
    api: Program, version: ModelVersion, django_assert_max_num_queries: Any
) -> None:
    api.get("recommendations", user_id="person-0", n=10)
    # three of them look for new and edited items, every two seconds at most
    with django_assert_max_num_queries(16):
        api.get("recommendations", user_id="person-0", n=10)


def test_people_of_one_catalogue_are_unknown_in_another(
    api: Program, version: ModelVersion, items: list[Item]
) -> None:
    other = make_catalog()
    make_interaction(make_profile(other, external_id="stranger"), make_item(other))
    assert api.get("recommendations", user_id="stranger")["fallback"]


@pytest.mark.parametrize(
    "path", ["recommendations", "similar?item_id=mug-red", "items/mug-red/similar"]
)
def test_lists_need_a_key_of_the_catalogue(
    camps: list[Item], catalog: Catalog, path: str, client: Client
) -> None:
    Program(catalog).get(path, 401)
    Program(catalog, make_api_key(make_catalog())[1]).get(path, 403)
    reader(catalog).get(path, 200)


def test_what_a_person_has_hidden_is_in_none_of_their_lists(
    api: Program, version: ModelVersion, camps: list[Item]
) -> None:
    api.post("profiles/person-0/hidden", {"what": "category", "value": "Mugs"})
    mugs = {item.external_id for item in camps[:8]}
    for path in (
        "recommendations?n=16&user_id=person-0",
        "similar?item_id=mug-red&n=16&user_id=person-0",
    ):
        shown = {item["item_id"] for item in api.get(path)["items"]}
        assert shown
        assert not shown & mugs
    assert {item["item_id"] for item in api.get("similar?item_id=mug-red&n=16")["items"]} & mugs
