from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace

import pytest

from catalog.models import Profile
from catalog.profiles.services import set_personal
from recommender.engine.data.types import StatedPreferences
from recommender.interests import interest_texts
from recommender.models import Impression, InterestText
from recommender.preferences.interests import Edit
from recommender.serving import recommend, user_context
from recommender.serving.previews import Preview

PAGE, LOOK = "/c/shop/interests/", "/c/shop/interests/preview/"


def cards(*pks: int) -> list[SimpleNamespace]:
    return [SimpleNamespace(item=SimpleNamespace(pk=pk)) for pk in pks]


def test_two_lists_are_compared_by_what_comes_moves_and_goes():
    found = Preview.of(cards(1, 2, 3, 4), cards(9, 1, 3, 2))
    assert [(card.item.pk, place) for card, place in found.entered] == [(9, 1)]
    assert [(move.card.item.pk, move.before, move.after, move.is_up) for move in found.moved] == [
        (1, 1, 2, False), (2, 2, 4, False),
    ]  # fmt: skip
    assert [(card.item.pk, place) for card, place in found.left] == [(4, 4)]
    assert not found.is_same


def test_equal_lists_are_the_same_and_empty_ones_too():
    assert Preview.of(cards(1, 2), cards(1, 2)).is_same
    assert Preview.of([], []).is_same


@pytest.fixture
def things(things, interest, monkeypatch):
    """Lists that follow a word: who wishes for towels gets towels."""
    whole = recommend.recommend_for

    def follow(profile, *, user=None, **cleaned):
        page = whole(profile, user=user, **cleaned)
        stated_preferences = (
            user or user_context.user_context_of(profile, cleaned["catalog"])
        ).stated_preferences
        wanted = {*stated_preferences.wanted, *stated_preferences.text.split()}
        page.cards.sort(key=lambda card: -sum(word in card.item.title for word in wanted))
        return page

    monkeypatch.setattr(recommend, "recommend_for", follow)
    return things


@pytest.fixture
def account(signed_in):
    return signed_in


@pytest.fixture
def taken(things):
    return things[:1]


def look(client, **fields) -> str:
    answer = client.post(LOOK, fields)
    assert answer.status_code == 200, answer.content.decode()
    return unescape(answer.content.decode())


def test_an_edit_shows_its_effect_before_it_is_saved(client, ann):
    shown_before = Impression.objects.count()
    text = look(client, add="towel", weight="0.6")
    assert "Add “towel”?" in text
    up = re.findall(r'<li class="up">.*?>([^<]+)</a>', text, re.DOTALL)
    assert up
    assert all("towel" in title for title in up)
    assert not InterestText.objects.filter(revision__gt=0).exists()
    assert Impression.objects.filter(surface="preview").count() == 0
    assert Impression.objects.count() - shown_before <= 12  # of the page's own list


def test_keep_does_what_was_shown(client, ann):
    text = look(client, add="towel", weight="0.6")
    form = re.search(
        rf'<form method="post" action="{PAGE}" class="line">.*?</form>', text, re.DOTALL
    )
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    fields.pop("csrfmiddlewaretoken")
    assert fields == {"add": "towel", "weight": "0.6"}
    client.post(PAGE, fields)
    assert user_context.user_context_of(ann, ann.catalog).stated_preferences.wanted == {
        "towel": 0.6
    }


@pytest.mark.parametrize(
    ("fields", "question"),
    [({"text": "towel"}, "Save what you wrote?"), ({"mute": "mug"}, "Mute “mug”?"),
     ({"delete": "mug"}, "Delete “mug”?"), ({"pin": "mug"}, "Pin “mug”?"),
     ({"unmute": "glass"}, "Unmute “glass”?")],
)  # fmt: skip
def test_every_edit_of_the_page_has_a_preview(client, ann, fields, question):
    interest_texts.edit_interest_text(profile=ann, edit=Edit(mute=("glass",)))
    before = InterestText.objects.get()
    assert question in look(client, **fields)
    assert InterestText.objects.get().revision == before.revision


def test_the_forms_of_the_page_lead_to_the_preview(client, ann):
    page = client.get(PAGE).content.decode()
    assert page.count(f'action="{LOOK}"') == page.count(f'hx-post="{LOOK}"') >= 4


def test_the_live_page_gets_the_part_alone(client, ann):
    part = client.post(LOOK, {"add": "towel"}, HTTP_HX_REQUEST="true").content.decode()
    assert part.lstrip().startswith('<section class="preview')
    assert "<html" not in part


def test_a_stranger_sees_what_words_would_do_and_gets_no_profile(client, things):
    assert "towel" in look(client, text="towel")
    assert not Profile.objects.filter(external_id=None).exists()


@pytest.mark.parametrize(
    "fields", [{"pin": "nothing"}, {"add": "?!"}, {"text": "x" * 2001}, {"add": "a", "weight": "7"}]
)
def test_what_cannot_be_done_is_said_in_style(client, ann, fields):
    answer = client.post(LOOK, fields)
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


def test_typed_text_is_never_part_of_an_address(client, ann):
    assert client.get(f"{LOOK}?text=secret")["Location"] == PAGE


def test_with_personal_lists_off_the_preview_says_that_nothing_changes(client, ann):
    set_personal(profile=ann, personal=False)
    assert "Your lists do not change until you turn them on" in look(client, add="towel")


def test_stated_preferences_are_not_read_while_personal_lists_are_off(ann):
    person = user_context.user_context_of(ann, ann.catalog)
    assert person.with_preferences(StatedPreferences("towel")).stated_preferences.text == "towel"
    set_personal(profile=ann, personal=False)
    assert (
        not user_context.user_context_of(ann, ann.catalog)
        .with_preferences(StatedPreferences("towel"))
        .stated_preferences
    )


def test_nothing_changes_is_said_too(client, ann):
    assert "stay the same" in look(client, add="zeppelin")
