"""From what a person says to the next list, with a real interest model: the API, the pages, and
back.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings

from catalog.models import Catalog
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.interest_words.params import InterestParams
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.text.item_texts import ItemTexts
from recommender.models import ModelVersion
from recommender.serving import live_models
from recommender.training import artifact_store, datasets, versions
from tests.api_clients import Program, writer
from tests.recommender.worlds import publish_by_hand, two_camps

INTERESTS = "profiles/ann/interests"


@pytest.fixture
def items(catalog, settings):
    """Mugs and towels of eight colours, and an interest model that needed no training: it copies
    what is near.
    """
    settings.TEXT_ENCODER = "words"
    made, _profiles = two_camps(catalog)
    data = datasets.load(catalog)
    vectors = np.repeat(np.eye(2, dtype=np.float32), 8, axis=0)
    params = InterestParams(width=8, hidden=4, fewest=10**6)
    interest = Interest(params, ItemTexts(data.dataset.items, vectors)).fit(
        data.dataset, np.random.default_rng(0)
    )
    knn = ItemKnn().fit(data.dataset, np.random.default_rng(0))
    folder = artifact_store.folder_name(catalog.slug, 1, data.fingerprint)
    recommender = Recommender.of(knn, data.dataset, interest)
    artifact_store.write(
        Path(django_settings.ARTIFACTS_DIR) / folder, recommender, data.item_pks, {"number": 1}
    )
    version = ModelVersion.objects.create(
        catalog=catalog, number=1, folder=folder, fingerprint=data.fingerprint
    )
    versions.promote(version=version)
    return made


@pytest.fixture
def api(catalog: Catalog, items) -> Program:
    return writer(catalog)


@pytest.fixture
def taken(items):
    """Two mugs."""
    return items[:2]


def titles(api: Program, n: int = 6, user_id: str = "ann") -> list[str]:
    return [
        place["title"]
        for place in api.get("recommendations", user_id=user_id, n=n, tail=0)["items"]
    ]


def words(answer: dict) -> list[str]:
    return [word["word"] for word in answer["words"]]


def test_words_of_what_was_done_are_written_into_a_sentence(api, ann):
    answer = api.get(INTERESTS)
    assert {"mug", "mugs"} & set(words(answer))
    assert answer["sentence"][:3] != ""
    assert words(answer)[0] in answer["sentence"].lower()


def test_lists_carry_a_deleted_word_no_more(api, ann):
    word = next(word for word in words(api.get(INTERESTS)) if word.startswith("mug"))
    before = sum("mug" in title for title in titles(api))
    assert before >= 4
    api.send("patch", INTERESTS, {"delete": [word]})
    assert sum("mug" in title for title in titles(api)) <= before / 5


def test_an_added_word_brings_its_items_and_is_named_as_the_reason(api, ann, items):
    assert "green towel" not in titles(api, 3)
    answer = api.send("patch", INTERESTS, {"add": [{"word": "Towels"}]})
    place = next(each for each in api.get("recommendations", user_id="ann", n=6, tail=0)["items"]
                 if "towel" in each["title"])  # fmt: skip
    assert "towel" in place["reason"].lower()
    assert "towels" in words(answer)
    assert "towel" not in words(answer), "the person has said it"


def test_somebody_without_any_history_has_a_list_of_what_they_typed(api, catalog):
    api.send("put", "profiles/new/interests", {"text": "a blue towel, please"})
    answer = api.get("recommendations", user_id="new", n=6, tail=0)
    assert answer["fallback"] is None
    assert answer["items"][0]["title"] == "blue towel"
    assert sum("towel" in place["title"] for place in answer["items"]) >= 4
    assert {"towel", "towels"} & set(words(api.get("profiles/new/interests")))


def test_the_contributions_of_a_preferred_item_sum_to_its_score(api, catalog, ann):
    api.send("patch", INTERESTS, {"text": "towel", "add": [{"word": "green"}], "mute": ["black"]})
    for place in api.get("recommendations", user_id="ann", n=6, explain="true")["items"]:
        amounts = [share["amount"] for share in place["explanation"]["shares"]]
        assert sum(amounts) == pytest.approx(place["score"], rel=1e-4, abs=1e-4)


def test_a_visitor_types_and_the_home_follows(client, catalog, items):
    client.post("/c/shop/interests/", {"text": "blue towel", "next": "/c/shop/"})
    page = client.get("/c/shop/").content.decode()
    first = re.search(r'id="shelf-for-you".*?data-item="(\d+)"', page, re.DOTALL)
    assert items[8 + 1].pk == int(first.group(1))
    assert "Based on what you said you like." in page
    assert "We think you like:" in page


def test_forgetting_brings_the_former_list_back(api, ann):
    before = titles(api)
    api.send("patch", INTERESTS, {"add": [{"word": "towel"}], "mute": ["mug"]})
    assert titles(api) != before
    api.delete(INTERESTS)
    assert titles(api) == before


def test_a_version_without_an_interest_model_still_serves(catalog, ann, api):
    versions.promote(version=publish_by_hand(catalog, 2))
    assert live_models.live(catalog).recommender.interest is None
    api.send("patch", INTERESTS, {"text": "towel", "add": [{"word": "towel"}]})
    assert len(titles(api)) == 6
