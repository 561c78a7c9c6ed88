from __future__ import annotations

import pytest

from catalog.validation.field_readers import BadField
from recommender.models.interest_words import Interests, Word
from recommender.preferences.interests import (
    MAX_OWN,
    MAX_UNWANTED,
    Blocked,
    Edit,
    edit_interests,
    merge_interests,
    replace_own,
    stated_preferences_of,
    with_generated,
)

NONE = Blocked()
GENERATED = Interests("", (Word("mug", 0.9), Word("towel", 0.5)))


def edited(interests: Interests = GENERATED, **edit) -> Interests:
    return edit_interests(interests, Edit(**edit), NONE)


def names(interests: Interests) -> list[str]:
    return [word.word for word in interests.words]


def word(interests: Interests, name: str) -> Word:
    return next(each for each in interests.words if each.word == name)


class TestEdits:
    def test_generated_words_are_nobodys_own(self):
        assert not GENERATED.is_edited
        assert not stated_preferences_of(GENERATED, NONE)

    def test_an_added_word_is_folded_and_of_full_weight(self):
        found = edited(add={"  Nail   ART ": None})
        assert word(found, "nail art") == Word("nail art", 1.0, added=True)
        assert stated_preferences_of(found, NONE).wanted == {"nail art": 1.0}

    def test_adding_a_word_that_is_there_gives_it_the_persons_weight(self):
        found = edited(add={"mug": 0.3})
        assert word(found, "mug") == Word("mug", 0.3, edited=True)
        assert len(found.words) == 2

    def test_a_pinned_word_is_wanted_with_its_weight_until_it_is_unpinned(self):
        found = edited(pin=("towel",))
        assert stated_preferences_of(found, NONE).wanted == {"towel": 0.5}
        assert edited(found, unpin=("towel",)) == GENERATED

    def test_a_word_can_be_added_and_pinned_at_once(self):
        assert word(edited(add={"wool": 0.4}, pin=("wool",)), "wool") == Word(
            "wool", 0.4, pinned=True, added=True
        )

    def test_a_generated_word_that_is_deleted_is_unwanted(self):
        found = edited(delete=("mug",))
        assert (names(found), found.unwanted) == (["towel"], ("mug",))
        assert stated_preferences_of(found, NONE).unwanted == {"mug"}

    def test_an_own_word_that_is_deleted_is_taken_back(self):
        assert edited(edited(add={"wool": None}), delete=("wool",)) == GENERATED

    def test_any_word_can_be_muted_and_unmuted(self):
        found = edited(mute=("Christmas", "mug"))
        assert (names(found), found.unwanted) == (["towel"], ("christmas", "mug"))
        assert edited(found, unmute=("christmas",)).unwanted == ("mug",)

    def test_a_muted_word_that_is_added_is_wanted_again(self):
        found = edited(edited(mute=("wool",)), add={"wool": None})
        assert (found.unwanted, names(found)[0]) == ((), "wool")

    def test_typed_text_is_stripped_and_stays_unless_given(self):
        found = edited(text="  small gifts\n")
        assert stated_preferences_of(found, NONE).text == "small gifts"
        assert edited(found, add={"wool": None}).text == "small gifts"
        assert edited(found, text="").text == ""

    @pytest.mark.parametrize(
        ("edit", "field", "value"),
        [
            ({"pin": ("wool",)}, "pin", "wool"),
            ({"unpin": ("wool",)}, "unpin", "wool"),
            ({"delete": ("wool",)}, "delete", "wool"),
            ({"unmute": ("wool",)}, "unmute", "wool"),
            ({"add": {"…!": None}}, "add", "…!"),
            ({"add": {"": None}}, "add", ""),
            ({"add": {"x" * 61: None}}, "add", "x" * 61),
            ({"add": {"wool": 1.5}}, "weight", "1.5"),
            ({"add": {"wool": 0.0}}, "weight", "0.0"),
            ({"add": {"a\x00b": None}}, "add", "a\u2400b"),
            ({"text": "x" * 2001}, "text", "x" * 79 + "…"),
            ({"add": {"wool": None}, "mute": ("Wool",)}, "mute", "Wool"),
            ({"pin": ("mug",), "delete": ("mug",)}, "delete", "mug"),
            (
                {"mute": tuple(f"w{n}" for n in range(MAX_UNWANTED + 1))},
                "unwanted",
                str(MAX_UNWANTED + 1),
            ),
            ({"add": {f"w{n}": None for n in range(MAX_OWN + 1)}}, "words", str(MAX_OWN + 1)),
        ],
    )
    def test_a_bad_edit_is_rejected_with_field_and_value(self, edit, field, value):
        with pytest.raises(BadField) as rejected:
            edited(**edit)
        assert (rejected.value.field, rejected.value.value) == (field, value)


class TestReplacement:
    def replaced(self, words=(), unwanted=(), interests=GENERATED) -> Interests:
        return replace_own(interests, "typed", words, unwanted, NONE)

    def test_words_that_are_as_they_were_stay_generated(self):
        assert self.replaced(GENERATED.words).words == GENERATED.words

    def test_new_words_are_added_and_other_weights_are_edits(self):
        found = self.replaced(
            [Word("wool", 0.7), Word("mug", 0.2), Word("towel", 0.5, pinned=True)]
        )
        assert found.words == (
            Word("wool", 0.7, added=True), Word("mug", 0.2, edited=True),
            Word("towel", 0.5, pinned=True),
        )  # fmt: skip

    def test_own_words_that_are_left_out_go_and_generated_ones_stay(self):
        before = edited(add={"wool": None}, mute=("glass",))
        found = self.replaced(interests=before)
        assert (found.text, names(found), found.unwanted) == ("typed", ["mug", "towel"], ())

    @pytest.mark.parametrize("unwanted", [["wool"], ["Wool "]])
    def test_a_word_is_wanted_or_unwanted_and_given_once(self, unwanted):
        with pytest.raises(BadField, match="also unwanted"):
            self.replaced([Word("wool")], unwanted)
        with pytest.raises(BadField, match="given twice"):
            self.replaced([Word("wool"), Word("WOOL")])

    def test_unwanted_generated_words_go(self):
        assert names(self.replaced(unwanted=["mug"])) == ["towel"]


class TestGenerated:
    def test_own_words_stay_and_fill_up_with_generated_ones(self):
        before = edited(add={"wool": 0.6}, delete=("mug",))
        found = with_generated(before, [("mug", 1.0), ("glass", 0.8), ("plate", 0.7)], NONE, n=2)
        assert found.words == (Word("glass", 0.8), Word("wool", 0.6, added=True))

    def test_what_is_said_already_is_not_generated_in_another_number(self):
        before = edited(Interests(), add={"mugs": None}, mute=("plates",))
        assert names(
            with_generated(before, [("mug", 0.9), ("plate", 0.8), ("glass", 0.7)], NONE, 12)
        ) == [
            "mugs",
            "glass",
        ]

    def test_pinned_words_come_first_then_the_strongest(self):
        found = with_generated(edited(pin=("towel",)), [("glass", 0.8), ("plate", 0.9)], NONE, n=12)
        assert names(found) == ["towel", "plate", "glass"]

    def test_weights_are_held_within_bounds(self):
        found = with_generated(Interests(), [("glass", 1.7), ("plate", 0.0)], NONE, n=12)
        assert [each.weight for each in found.words] == [1.0, 0.05]


class TestBlocked:
    BLOCKED = Blocked(["gun", "red wine"])

    @pytest.mark.parametrize(
        "name", ["gun", "guns", "gun oil", "red wine", "Oil for a gun.", "old red wines"]
    )
    def test_blocked_words_match_alone_and_in_names_in_any_number(self, name):
        assert name in self.BLOCKED

    @pytest.mark.parametrize("name", ["gunther", "wine", "red", "shogun", "wine, red"])
    def test_other_words_are_free(self, name):
        assert name not in self.BLOCKED

    def test_they_are_never_generated_wanted_or_added(self):
        before = Interests("", (Word("guns", added=True), Word("mug", pinned=True)))
        assert stated_preferences_of(before, self.BLOCKED).wanted == {"mug": 1.0}
        assert names(with_generated(before, [("gun oil", 0.9)], self.BLOCKED, 12)) == ["mug"]
        with pytest.raises(BadField, match="cannot be used in this catalogue"):
            edit_interests(before, Edit(add={"Gun": None}), self.BLOCKED)

    def test_chinese_words_are_blocked_too(self):
        assert "白酒杯" in Blocked(["白酒"])
        assert "酒杯" not in Blocked(["白酒"])


def test_of_two_people_who_are_one_the_first_wins_and_nothing_else_is_lost():
    ours = Interests("mine", (Word("wool", added=True), Word("mug", 0.9)), ("glass",))
    theirs = Interests(
        "theirs", (Word("glass", added=True), Word("plate", pinned=True)), ("wool", "bowl")
    )
    assert merge_interests(ours, theirs) == Interests(
        "mine", (Word("wool", added=True), Word("plate", pinned=True)), ("glass", "bowl")
    )
    assert merge_interests(Interests(), theirs).text == "theirs"
