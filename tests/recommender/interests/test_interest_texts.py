from __future__ import annotations

import pytest
from django.utils.translation import override

from catalog.interactions.record import undo_interactions
from catalog.models import Catalog, Profile
from catalog.profiles.services import delete_profile
from config.errors import AppError
from recommender.interests import interest_texts
from recommender.models import BlockedWord, InterestText
from recommender.models.interest_words import Word
from recommender.preferences.interests import Edit, edit_interests
from recommender.serving import live_models, user_context
from tests.factories import make_interaction, make_profile
from tests.recommender.interests.helpers import edit, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(things, interest):
    """Eight mugs and eight towels, with a live version."""
    return things


@pytest.fixture
def taken(items):
    return items[:1]


class TestRefreshing:
    def test_the_model_writes_words_and_a_sentence_from_the_history(self, ann, interest, items):
        row = interest_texts.refresh_interest_text(profile=ann)
        assert words(row) == {"mug": 0.9, "towel": 0.5, "glass": 0.4}
        assert "mug" in row.sentence.lower()
        assert (row.version.number, row.language, row.is_edited) == (1, "en", False)
        model = live_models.live(ann.catalog)
        assert interest.asked[0].history.tolist() == [model.index_of(items[0].pk)]
        assert InterestText.objects.get() == row

    def test_what_was_written_from_the_same_is_not_written_again(self, ann, interest):
        first = interest_texts.refresh_interest_text(profile=ann)
        interest.said = [("other", 1.0)]
        again = interest_texts.refresh_interest_text(profile=ann)
        assert (again.basis, words(again)) == (first.basis, words(first))
        assert len(interest.asked) == 1

    def test_an_event_an_undo_and_a_blocked_word_change_the_text(self, ann, interest, items):
        bases = [interest_texts.refresh_interest_text(profile=ann).basis]
        make_interaction(ann, items[1])
        bases.append(interest_texts.refresh_interest_text(profile=ann).basis)
        BlockedWord.objects.create(catalog=ann.catalog, word="mug")
        row = interest_texts.refresh_interest_text(profile=ann)
        bases.append(row.basis)
        assert len(set(bases)) == 3
        assert "mug" not in words(row)
        assert "mug" not in row.sentence.lower()
        undo_interactions(profile=ann, item=items[1])
        BlockedWord.objects.all().delete()
        assert interest_texts.refresh_interest_text(profile=ann).basis == bases[0]

    def test_nothing_is_written_about_somebody_unknown(self, catalog, items, interest):
        stranger = make_profile(catalog)
        assert interest_texts.refresh_interest_text(profile=stranger) is None
        shown = interest_texts.current_interest_text(profile=stranger)
        assert (shown.pk, shown.sentence, shown.words) == (None, "", [])
        assert interest.asked == []

    def test_without_a_model_the_persons_own_words_stand_alone(self, catalog, profile):
        row = edit(profile, add={"wool": 0.5}, text="knitting")
        assert (words(row), row.version, row.text) == ({"wool": 0.5}, None, "knitting")
        assert "wool" in row.sentence.lower()

    def test_a_slower_writer_does_not_overwrite_a_newer_text(
        self, ann, interest, items, monkeypatch
    ):
        """During the first write an event happens, and a second write is faster."""
        interest_texts.refresh_interest_text(profile=ann)
        make_interaction(ann, items[1])
        answer = interest.words

        def interrupted(query, n, hidden):
            monkeypatch.setattr(interest, "words", answer)
            make_interaction(ann, items[2])
            interest.said = [("newest", 1.0)]
            interest_texts.refresh_interest_text(profile=ann)
            return [("stale", 1.0)]

        monkeypatch.setattr(interest, "words", interrupted)
        assert words(interest_texts.refresh_interest_text(profile=ann)) == {"newest": 1.0}
        assert words(InterestText.objects.get()) == {"newest": 1.0}

    def test_an_edit_of_the_same_moment_is_not_lost(self, ann, interest, monkeypatch):
        answer = interest.words

        def interrupted(query, n, hidden):
            monkeypatch.setattr(interest, "words", answer)
            edit(ann, add={"wool": None})
            return answer(query, n, hidden=hidden)

        monkeypatch.setattr(interest, "words", interrupted)
        interest_texts.refresh_interest_text(profile=ann)
        assert "wool" in words(InterestText.objects.get())


class TestEditing:
    def test_an_edit_shows_in_the_text_at_once(self, ann):
        interest_texts.refresh_interest_text(profile=ann)
        row = edit(ann, text="presents", add={"wool": 0.8}, delete=("towel",))
        assert words(row) == {"mug": 0.9, "wool": 0.8, "glass": 0.4}
        assert (row.unwanted, row.is_edited, row.revision) == (["towel"], True, 1)
        assert row.edited_at <= row.refreshed_at
        assert "wool" in row.sentence.lower()
        assert "towel" not in row.sentence.lower()

    def test_lists_and_the_next_text_are_made_with_it(self, ann, interest):
        edit(ann, text="presents", add={"wool": 0.8}, mute=("towel",))
        stated_preferences = user_context.user_context_of(ann, ann.catalog).stated_preferences
        assert (
            stated_preferences.text,
            stated_preferences.wanted,
            stated_preferences.unwanted,
        ) == (
            "presents",
            {"wool": 0.8},
            {"towel"},
        )
        assert interest.asked[-1].stated_preferences == stated_preferences

    def test_generated_words_are_no_stated_preferences(self, ann):
        interest_texts.refresh_interest_text(profile=ann)
        assert not user_context.user_context_of(ann, ann.catalog).stated_preferences

    def test_own_words_outlast_what_is_written_later(self, ann, interest, items):
        edit(ann, add={"wool": 0.8})
        interest.said = [("spoon", 0.9)]
        make_interaction(ann, items[1])
        assert words(interest_texts.refresh_interest_text(profile=ann)) == {
            "spoon": 0.9,
            "wool": 0.8,
        }

    def test_without_a_history_the_typed_text_is_used(self, catalog, items, interest):
        row = edit(make_profile(catalog), text="a warm towel")
        assert words(row)
        assert interest.asked[-1].stated_preferences.text == "a warm towel"

    def test_a_bad_edit_is_rejected_by_name_and_changes_nothing(self, ann):
        with pytest.raises(AppError) as rejected:
            edit(ann, text="new", pin=("nothing",))
        assert rejected.value.details["field"] == "pin"
        assert rejected.value.details["value"] == "nothing"
        assert InterestText.objects.get().text == ""

    def test_an_edit_of_an_older_revision_is_rejected(self, ann):
        row = edit(ann, add={"wool": None})
        interest_texts.edit_interest_text(profile=ann, edit=Edit(text="x"), revision=row.revision)
        with pytest.raises(AppError) as rejected:
            interest_texts.edit_interest_text(
                profile=ann, edit=Edit(text="y"), revision=row.revision
            )
        assert (rejected.value.code, rejected.value.status) == ("interest_text_changed", 409)

    def test_a_refresh_between_reading_and_editing_is_no_conflict(self, ann, items):
        row = edit(ann, add={"wool": None})
        make_interaction(ann, items[1])
        interest_texts.refresh_interest_text(profile=ann)
        assert (
            interest_texts.edit_interest_text(
                profile=ann, edit=Edit(text="x"), revision=row.revision
            ).text
            == "x"
        )

    def test_two_edits_at_once_are_both_stored(self, ann, monkeypatch):
        def interrupted(interests, change, blocked):
            monkeypatch.setattr(interest_texts, "edit_interests", edit_interests)
            edit(ann, add={"silk": None})
            return edit_interests(interests, change, blocked)

        monkeypatch.setattr(interest_texts, "edit_interests", interrupted)
        assert {"wool", "silk"} <= set(words(edit(ann, add={"wool": None})))

    def test_replacing_replaces_the_persons_own_words(self, ann):
        edit(ann, add={"wool": None}, mute=("glass",))
        row = interest_texts.replace_interest_text(
            profile=ann, text="t", words=[Word("silk", 0.6)], unwanted=["Mug"]
        )
        assert (row.text, row.unwanted) == ("t", ["mug"])
        assert words(row) == {"silk": 0.6, "towel": 0.5, "glass": 0.4}

    def test_nothing_is_stored_of_a_deleted_person(self, ann):
        edit(ann, add={"wool": None})
        delete_profile(profile=ann)
        assert not InterestText.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_a_profile_that_was_deleted_meanwhile_is_not_recreated(self, ann):
        unavailable = Profile.objects.get(pk=ann.pk)
        delete_profile(profile=ann)
        with pytest.raises(AppError, match="just been deleted"):
            edit(unavailable, add={"wool": None})
        assert interest_texts.refresh_interest_text(profile=unavailable) is None

    def test_forgetting_erases_only_the_interest_text(self, ann):
        edit(ann, text="private", add={"wool": None})
        interest_texts.forget_interest_text(profile=ann)
        row = interest_texts.current_interest_text(profile=ann)
        assert (row.text, row.is_edited) == ("", False)
        assert words(row)


def test_a_chinese_catalogue_has_a_chinese_sentence(catalog, profile):
    Catalog.objects.update(language="zh-hans")
    profile.catalog.refresh_from_db()
    row = edit(profile, add={"羊毛": None})
    assert row.language == "zh-hans"
    assert "羊毛" in row.sentence


class TestSentencesOfThePages:
    """A page shows the sentence in its own language, with the categories' names in it."""

    @pytest.fixture
    def row(self, ann, interest, items):
        ann.catalog.texts = {"zh-hans": {"categories": {"Data Science": "数据科学"}}}
        ann.catalog.save()
        interest.said = [("SQL", 1.0), ("Data Science", 0.8), ("Excel", 0.6), ("mug", 0.4)]
        return interest_texts.refresh_interest_text(profile=ann)

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("en", "SQL, Data Science and Excel, with some mug."),
            ("zh-hans", "SQL、数据科学和 Excel，还有一些 mug。"),
        ],
    )
    def test_the_sentence_is_in_the_pages_language(self, row, language, expected):
        with override(language):
            assert (row.page_sentence, row.page_language) == (expected, language)
        assert row.sentence == "SQL, Data Science and Excel, with some mug."

    def test_words_are_stored_folded_and_shown_as_the_catalogue_writes_them(self, row, ann):
        stored = [word.word for word in row.interests.words]
        assert stored == ["sql", "data science", "excel", "mug"]
        assert [word.shown for word in row.interests.words][:3] == ["SQL", "Data Science", "Excel"]
        edited = edit(ann, pin=("SQL",))
        assert edited.interests.words[0].shown == "SQL"
        assert "sql" not in words(edit(ann, delete=("sql",)))

    def test_a_language_without_a_sentence_gets_the_catalogues(self, row):
        with override("de"):
            assert (row.page_sentence, row.page_language) == (row.sentence, "en")

    def test_what_is_left_out_is_said_in_the_pages_language(self, ann, interest, items):
        row = edit(ann, text="nothing with towels")
        with override("zh-hans"):
            assert row.page_sentence.endswith("不要 towels。")
        assert row.sentence.endswith("Nothing with towels.")
