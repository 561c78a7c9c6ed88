"""The page of a person's interests, as a browser without JavaScript uses it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Profile
from catalog.profiles.hidden import hide
from recommender.interests import interest_texts
from recommender.models import BlockedWord, InterestText
from recommender.preferences.interests import Edit
from recommender.serving import item_lists, user_context
from tests.factories import PASSWORD, make_profile, make_user
from tests.html import compact

pytestmark = pytest.mark.usefixtures("interest")

PAGE = "/c/shop/interests/"


@pytest.fixture
def account(signed_in):
    return signed_in


@pytest.fixture
def taken(things):
    return things[:1]


def send(client, **fields) -> str:
    """Post one form and read the page that follows."""
    answer = client.post(PAGE, fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return unescape(answer.content.decode())


def words(page: str) -> list[str]:
    return re.findall(r'<span class="word"[^>]*>([^<]+)</span>', page)


def test_the_page_shows_the_sentence_the_words_and_the_list_they_make(client, ann):
    page = unescape(client.get(PAGE).content.decode())
    assert "We think you like:" in page
    assert "Mug, towel and glass." in page
    assert words(page) == ["mug", "towel", "glass"]
    assert "Your list with these words" in page
    assert "Written by version 1" in page


def test_words_are_added_pinned_deleted_and_unmuted_by_plain_forms(client, ann):
    page = send(client, add="Nail Art", weight="0.6")
    assert "nail art" in words(page)
    page = send(client, pin="towel")
    assert words(page)[0] == "towel"
    assert 'name="unpin" value="towel" aria-pressed="true"' in compact(page)
    page = send(client, delete="mug")
    assert "Items with “mug” are ranked lower from now on." in page
    assert 'name="unmute" value="mug"' in page
    assert 'name="delete" value="mug"' not in page
    stated_preferences = user_context.user_context_of(ann, ann.catalog).stated_preferences
    assert (dict(stated_preferences.wanted), stated_preferences.unwanted) == (
        {"nail art": 0.6, "towel": 0.5},
        {"mug"},
    )
    assert "“nail art” is removed." in send(client, delete="nail art")
    page = send(client, unmute="mug")
    assert 'name="unmute" value="mug"' not in page


def test_every_button_of_the_page_does_what_it_says(client, ann):
    """The forms are posted with the names and values that the page itself holds."""
    page = client.get(PAGE).content.decode()
    for name, value in re.findall(r'<button class="plain" name="(\w+)" value="([^"]+)"', page):
        assert client.post(PAGE, {name: unescape(value)}).status_code == 302
    assert InterestText.objects.get().interests.unwanted == ("mug", "towel", "glass")


def test_typed_text_makes_a_profile_and_the_next_list(client, catalog, things):
    assert not Profile.objects.filter(external_id=None).exists()
    page = send(client, text="a warm towel")
    visitor = Profile.objects.get(external_id=None)
    assert user_context.user_context_of(visitor, catalog).stated_preferences.text == "a warm towel"
    assert ">a warm towel</textarea>" in page
    assert ">a warm towel</textarea>" not in Client().get(PAGE).content.decode()


def test_text_and_words_are_shown_as_typed_not_as_markup(client, ann):
    page = client.post(PAGE, {"add": "<b>bold</b>"}, follow=True).content.decode()
    page += client.post(
        PAGE, {"text": "</textarea><script>alert(1)</script>"}, follow=True
    ).content.decode()
    assert "<b>bold" not in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_a_stranger_is_invited_to_say_what_they_like_and_no_profile_is_made(client, things):
    page = client.get("/c/shop/").content.decode()
    assert 'name="text"' in page
    assert "There is nothing here yet" in client.get(PAGE).content.decode()
    assert not Profile.objects.filter(external_id=None).exists()


def test_from_the_home_one_comes_back_to_the_home(client, things):
    answer = client.post(PAGE, {"text": "a warm towel", "next": "/c/shop/"})
    assert answer["Location"] == "/c/shop/"
    page = unescape(client.get("/c/shop/").content.decode())
    assert "We think you like:" in page
    assert "Saved." in page


def test_a_text_that_is_left_out_stays(client, ann):
    send(client, text="presents")
    send(client, add="wool")
    assert InterestText.objects.get().text == "presents"
    send(client, text="")
    assert InterestText.objects.get().text == ""


def test_forgetting_erases_what_was_said(client, ann):
    send(client, text="private", add="wool")
    page = send(client, forget="1")
    assert "private" not in page
    assert "wool" not in words(page)
    assert "What you said is deleted." in page


@pytest.mark.parametrize(
    "fields", [{"pin": "nothing"}, {"add": "?!"}, {"add": ""}, {"text": "x" * 2001}]
)
def test_what_cannot_be_done_is_said_in_style(client, ann, fields):
    answer = client.post(PAGE, fields)
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


def test_blocked_words_are_not_shown(client, ann):
    BlockedWord.objects.create(catalog=ann.catalog, word="mugs")
    assert words(client.get(PAGE).content.decode()) == ["towel", "glass"]
    assert client.post(PAGE, {"add": "mug"}).status_code == 400


def test_the_page_speaks_chinese(client, ann):
    page = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "Your interests" not in page
    assert "兴趣" in page


def test_you_shows_what_was_concluded_and_where_to_change_it(client, ann):
    interest_texts.refresh_interest_text(profile=ann)
    page = unescape(client.get("/you/").content.decode())
    assert "Mug, towel and glass." in page
    assert f'href="{PAGE}"' in page


def test_why_leads_to_the_interests(client, ann, things):
    page = client.get(reverse("recommender:why", args=["shop", things[1].pk])).content.decode()
    assert "Change my interests" in page


def test_signing_in_brings_what_was_typed_along(client, catalog, things):
    send(client, text="a warm towel")
    user = make_user()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert InterestText.objects.get().profile.user == user
    assert ">a warm towel</textarea>" in client.get(PAGE).content.decode()


def test_of_somebody_without_history_the_note_says_what_the_list_is_made_of(catalog, things):
    from recommender.serving.home import for_you_note

    visitor = make_profile(catalog)
    interest_texts.edit_interest_text(profile=visitor, edit=Edit(text="towel"))
    person = user_context.user_context_of(visitor, catalog)
    assert for_you_note(item_lists.ItemList([], None), person) == "Based on what you said you like."


def test_hidden_categories_are_shown_with_the_way_back(client, ann):
    assert "Hidden categories" not in client.get(PAGE).content.decode()
    hide(profile=ann, what="category", value="Towels")
    page = unescape(client.get(PAGE).content.decode())
    assert "Hidden categories and providers" in page
    assert "Show “Towels” again" in page


def test_other_peoples_and_closed_catalogues_are_not_shown(client, ann):
    ann.catalog.is_public = False
    ann.catalog.save()
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"add": "wool"}).status_code == 404


def chips(page: str) -> list[str]:
    found = re.findall(r'<ul class="interest-words exclusions">.*?</ul>', page, re.DOTALL)
    return [word.strip() for chunk in found for word in words(chunk)]


def test_what_is_left_out_is_read_back_lifted_corrected_and_undone(client, ann):
    page = send(client, text="Soft things, no mugs please")
    assert chips(page) == ["Nothing with: mugs"]
    assert "8 items" in compact(page)
    send(client, lift="without:mugs")
    assert InterestText.objects.get().lifted == ["without:mugs"]
    page = send(client, restore="without:mugs")
    assert chips(page) == ["Nothing with: mugs"]
    page = send(client, correct="without:mugs", leave_out="towels")
    row = InterestText.objects.get()
    assert (row.lifted, row.exclusions) == (
        ["without:mugs"],
        [{"kind": "without", "words": "towels"}],
    )


def test_a_preview_reads_a_text_back_before_it_is_stored(client, ann):
    look = reverse("recommender:interests_preview", args=["shop"])
    page = unescape(client.post(look, {"text": "no mugs"}).content.decode())
    assert chips(page)[0] == "Nothing with: mugs"
    assert 'name="lift" value="without:mugs"' in page
    client.post(look, {"text": "no mugs", "lift": "without:mugs"})
    assert not InterestText.objects.exclude(text="", lifted=[]).exists()


def test_deleting_what_was_said_deletes_what_was_left_out(client, ann):
    send(client, text="no mugs", leave_out="towels")
    assert chips(send(client, forget="1")) == []
    assert not InterestText.objects.exclude(text="", exclusions=[]).exists()


def test_a_chinese_page_shows_chinese_sentences(client, ann, interest):
    interest.said = [("SQL", 1.0), ("mug", 0.5)]
    client.cookies["django_language"] = "zh-hans"
    page = unescape(client.get(PAGE).content.decode())
    assert "SQL 和 mug。" in page
    assert words(page) == ["SQL", "mug"]
