from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from catalog.models import Catalog, Item, Profile
from recommender.models import BlockedWord, InterestText, ModelVersion
from tests.api_clients import Program, only_problem, reader, writer
from tests.factories import make_catalog, make_interaction, make_profile
from tests.recommender.fake_interest import FakeInterest

pytestmark = pytest.mark.usefixtures("interest")

ANN = "profiles/ann/interests"


@pytest.fixture
def taken(version: ModelVersion, camps: list[Item]) -> list[Item]:
    return camps[:1]


def words(answer: dict) -> dict[str, float]:
    return {word["word"]: word["weight"] for word in answer["words"]}


def test_the_text_is_written_when_it_is_first_read(api: Program, ann: Profile) -> None:
    answer = api.get(ANN)
    assert answer["words"][0] == {
        "word": "mug",
        "weight": 0.9,
        "pinned": False,
        "added": False,
        "edited": False,
    }
    assert "mug" in answer["sentence"].lower()
    assert (answer["user_id"], answer["language"], answer["version"]) == ("ann", "en", 1)
    assert (answer["text"], answer["unwanted"], answer["edited"], answer["revision"]) == (
        "",
        [],
        False,
        0,
    )
    assert answer["refreshed_at"]
    assert answer["edited_at"] is None


def test_it_follows_what_was_done_since(
    api: Program, ann: Profile, interest: FakeInterest, camps: list[Item]
) -> None:
    api.get(ANN)
    interest.said = [("spoon", 0.8)]
    make_interaction(ann, camps[1])
    assert words(api.get(ANN)) == {"spoon": 0.8}


def test_of_a_person_without_history_nothing_is_written(
    api: Program, profile: Profile, version: ModelVersion
) -> None:
    answer = api.get(ANN)
    assert (answer["sentence"], answer["words"], answer["refreshed_at"]) == ("", [], None)
    assert not InterestText.objects.exists()


def test_words_are_added_pinned_deleted_and_muted(api: Program, ann: Profile) -> None:
    change = {
        "text": "presents", "add": [{"word": "Wool", "weight": 0.7}, {"word": "silk"}],
        "pin": ["glass"], "delete": ["towel"], "mute": ["christmas"],
    }  # fmt: skip
    api.get(ANN)
    answer = api.send("patch", ANN, change)
    assert words(answer) == {"glass": 0.4, "silk": 1.0, "mug": 0.9, "wool": 0.7}
    assert [word["word"] for word in answer["words"] if word["pinned"]] == ["glass"]
    assert [word["word"] for word in answer["words"] if word["added"]] == ["silk", "wool"]
    assert answer["unwanted"] == ["towel", "christmas"]
    assert (answer["text"], answer["edited"], answer["revision"]) == ("presents", True, 1)
    assert api.get(ANN) == answer
    again = api.send(
        "patch", ANN, {"unpin": ["glass"], "unmute": ["christmas"], "delete": ["silk"]}
    )
    assert again["unwanted"] == ["towel"]
    assert words(again) == {"mug": 0.9, "wool": 0.7, "glass": 0.4}


def test_the_next_list_is_made_with_the_edit(api: Program, ann: Profile, monkeypatch: Any) -> None:
    from recommender.engine.pipeline import Recommender

    asked, score_query = [], Recommender.score_query

    def watched(self: Recommender, request: Any) -> Any:
        asked.append(request.query.stated_preferences)
        return score_query(self, request)

    monkeypatch.setattr(Recommender, "score_query", watched)
    api.get(ANN)
    api.send("patch", ANN, {"text": "presents", "add": [{"word": "wool"}], "mute": ["mug"]})
    api.get("recommendations", user_id="ann")
    assert (asked[-1].text, dict(asked[-1].wanted), asked[-1].unwanted) == (
        "presents",
        {"wool": 1.0},
        {"mug"},
    )


def test_an_unknown_person_can_say_what_they_like(api: Program, version: ModelVersion) -> None:
    answer = api.send("put", "profiles/new/interests", {"text": "a warm towel"})
    assert (answer["user_id"], answer["text"]) == ("new", "a warm towel")
    assert words(answer)
    assert Profile.objects.filter(external_id="new").count() == 1
    api.get("profiles/nobody/interests", 404)


def test_a_rejected_edit_creates_no_profile(api: Program, catalog: Catalog) -> None:
    api.send("patch", "profiles/new/interests", {"pin": ["nothing"]}, 400)
    assert not Profile.objects.exists()


def test_put_replaces_the_persons_own_words(api: Program, ann: Profile) -> None:
    api.send("patch", ANN, {"add": [{"word": "wool"}], "mute": ["glass"]})
    body = {
        "text": "t",
        "words": [{"word": "silk", "weight": 0.6, "pinned": True}],
        "unwanted": ["mug"],
    }
    answer = api.send("put", ANN, body)
    assert words(answer) == {"silk": 0.6, "towel": 0.5, "glass": 0.4}
    assert (answer["text"], answer["unwanted"]) == ("t", ["mug"])


def test_an_answer_can_be_sent_back_and_changes_nothing_but_the_revision(
    api: Program, ann: Profile
) -> None:
    before = api.send(
        "patch", ANN, {"text": "t", "add": [{"word": "wool"}], "pin": [], "mute": ["mug"]}
    )
    after = api.send("put", ANN, before)
    changing = ("revision", "edited_at", "refreshed_at")
    assert {**after, **dict.fromkeys(changing)} == {**before, **dict.fromkeys(changing)}


def test_an_older_revision_is_rejected(api: Program, ann: Profile) -> None:
    assert api.send("patch", ANN, {"text": "a", "revision": 0})["revision"] == 1
    for method in ("patch", "put"):
        answer = api.send(method, ANN, {"text": "b", "revision": 0}, 409)
        assert answer["code"] == "interest_text_changed"
    assert api.get(ANN)["text"] == "a"


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"texts": "x"}, "texts", "x"),
        ({"text": "x" * 2001}, "text", "x" * 200 + "…"),
        ({"text": None}, "text", None),
        ({"add": [{"word": "wool", "weight": 2}]}, "add.0.weight", 2),
        ({"add": [{"word": "wool", "weight": "much"}]}, "add.0.weight", "much"),
        ({"add": [{"word": "wool", "wait": 1}]}, "add.0.wait", 1),
        ({"add": ["wool"]}, "add.0", "wool"),
        ({"add": [{"word": ""}]}, "add.0.word", ""),
        ({"add": [{"word": "?!"}]}, "add", "?!"),
        ({"add": "wool"}, "add", "wool"),
        ({"pin": ["nothing"]}, "pin", "nothing"),
        ({"delete": ["nothing"]}, "delete", "nothing"),
        ({"unmute": ["nothing"]}, "unmute", "nothing"),
        ({"mute": ["x" * 61]}, "mute.0", "x" * 61),
        ({"add": [{"word": "wool"}], "mute": ["wool"]}, "mute", "wool"),
        ({"revision": -1}, "revision", -1),
    ],
)
def test_a_bad_word_is_rejected_with_field_and_value(
    api: Program, ann: Profile, body: dict, field: str, value: Any
) -> None:
    assert only_problem(api.send("patch", ANN, body, 400))[:2] == (field, value)


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"words": [{"word": "wool"}], "unwanted": ["Wool"]}, "words", "wool"),
        ({"words": [{"word": "wool"}, {"word": "WOOL"}]}, "words", "wool"),
        ({"words": [{"weight": 1}]}, "words.0.word", None),
        ({"sentences": "x"}, "sentences", "x"),
    ],
)
def test_a_bad_replacement_is_rejected(
    api: Program, ann: Profile, body: dict, field: str, value: Any
) -> None:
    assert only_problem(api.send("put", ANN, body, 400))[:2] == (field, value)


def test_a_blocked_word_is_neither_written_nor_taken(api: Program, ann: Profile) -> None:
    BlockedWord.objects.create(catalog=ann.catalog, word="mug")
    assert "mug" not in words(api.get(ANN))
    assert only_problem(api.send("patch", ANN, {"add": [{"word": "Red Mugs"}]}, 400))[:2] == (
        "add",
        "Red Mugs",
    )


def test_forgetting_erases_what_the_person_said(api: Program, ann: Profile) -> None:
    api.send("patch", ANN, {"text": "private"})
    api.delete(ANN)
    assert not InterestText.objects.exists()
    assert api.get(ANN)["text"] == ""


def test_erasing_the_person_erases_it_too(api: Program, ann: Profile) -> None:
    api.send("patch", ANN, {"text": "private"})
    api.delete("profiles/ann")
    assert not InterestText.objects.exists()


def test_readers_may_read_and_strangers_nothing(ann: Profile) -> None:
    assert words(reader(ann.catalog).get(ANN))
    for method in ("put", "patch"):
        reader(ann.catalog).send(method, ANN, {"text": "x"}, 403)
    reader(ann.catalog).delete(ANN, 403)
    Program(ann.catalog).get(ANN, 401)
    other = writer(make_catalog())
    other.root = f"/api/v1/catalogs/{ann.catalog.slug}/"
    other.get(ANN, 403)


def test_people_of_other_catalogues_are_not_found(api: Program, ann: Profile) -> None:
    make_profile(make_catalog(), external_id="elsewhere")
    api.get("profiles/elsewhere/interests", 404)


@pytest.mark.parametrize("user_id", ["org/ann", "张伟", "interests"])
def test_any_user_id_is_reached_when_it_is_percent_encoded(
    api: Program, catalog: Catalog, user_id: str
) -> None:
    make_profile(catalog, external_id=user_id)
    assert api.get(f"profiles/{quote(user_id, safe='')}/interests")["user_id"] == user_id


def test_a_profile_whose_own_id_ends_like_this_is_still_a_profile(
    api: Program, catalog: Catalog
) -> None:
    make_profile(catalog, external_id="ann/interests")
    assert "history" in api.get("profiles/ann%2Finterests")
    assert api.send("patch", "profiles/ann%2Finterests", {"tail": 0.5})["tail"] == 0.5
    api.send("put", "profiles/ann%2Finterests", {"text": ""}, 405)
    api.delete("profiles/ann%2Finterests")
    assert not Profile.objects.exists()


def test_what_a_text_leaves_out_is_read_back_lifted_and_chosen(api: Program, ann: Profile) -> None:
    [mugs] = api.send("patch", ANN, {"text": "small things, no mugs"})["exclusions"]
    assert mugs == {
        "kind": "without",
        "words": "mugs",
        "key": "without:mugs",
        "said": "no mugs",
        "typed": True,
        "lifted": False,
        "items": 8,
    }
    assert api.send("patch", ANN, {"lift": ["without:mugs"]})["exclusions"][0]["lifted"]
    assert not api.send("patch", ANN, {"restore": ["without:mugs"]})["exclusions"][0]["lifted"]
    answer = api.send("patch", ANN, {"leave_out": ["towels"]})
    assert [each["key"] for each in answer["exclusions"]] == ["without:mugs", "without:towels"]
    assert "Nothing with mugs and towels." in answer["sentence"]
    answer = api.send("put", ANN, {name: answer[name] for name in ("text", "exclusions")})
    assert [each["typed"] for each in answer["exclusions"]] == [True, False]


def test_an_unknown_exclusion_is_not_lifted(api: Program, ann: Profile) -> None:
    field, value, _reason = only_problem(
        api.send("patch", ANN, {"lift": ["without:spoons"]}, status=400)
    )
    assert (field, value) == ("lift", "without:spoons")


def test_lists_say_what_is_left_out(api: Program, ann: Profile) -> None:
    api.send("patch", ANN, {"text": "no mugs"})
    answer = api.get("recommendations", user_id="ann")
    assert answer["left_out"] == [
        {"kind": "without", "words": "mugs", "said": "no mugs", "items": 8}
    ]
    assert not [item for item in answer["items"] if "mug" in item["title"].lower()]
