"""Personal lists off: everything works, nothing of the person is read, nothing is written against
them.
"""

from __future__ import annotations

from html import unescape

import pytest

from catalog.interactions.record import record_interaction
from catalog.models import Interaction, Profile
from catalog.profiles.services import merge_profiles, set_personal
from recommender.interests import interest_texts
from recommender.models import Impression
from recommender.preferences.interests import Edit
from recommender.serving import recommend, user_context
from recommender.training import datasets, run_queries
from tests.factories import PASSWORD, make_profile, make_user

SWITCH, HOME = "/c/shop/personal/", "/c/shop/"
PERSON = {"HTTP_USER_AGENT": "Mozilla/5.0"}


@pytest.fixture
def account(signed_in):
    return signed_in


@pytest.fixture
def taken(things):
    """A towel, which lists are to tell from a stranger's."""
    return things[8:9]


def switch(client, state: str) -> str:
    answer = client.post(SWITCH, {"personal": state}, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def listed(profile, catalog) -> list[int]:
    return [card.item.pk for card in recommend.recommend_for(profile, catalog=catalog, n=8).cards]


def test_off_gives_the_strangers_list_and_on_the_own_one_again(client, ann, catalog):
    own, stranger = listed(ann, catalog), listed(None, catalog)
    assert own != stranger
    switch(client, "off")
    ann.refresh_from_db()
    assert listed(ann, catalog) == stranger
    switch(client, "on")
    ann.refresh_from_db()
    assert listed(ann, catalog) == own


def test_off_reads_only_dislikes(ann, catalog, django_assert_num_queries):
    interest_texts.edit_interest_text(profile=ann, edit=Edit(text="mugs"))
    set_personal(profile=ann, personal=False)
    with django_assert_num_queries(1) as asked:
        person = user_context.user_context_of(ann, catalog)
    # A later choice takes a dislike back, so choices are read too; views say nothing here.
    assert "'dislike'" in asked[0]["sql"]
    assert "'view'" not in asked[0]["sql"]
    assert (list(person.history), list(person.known), bool(person.stated_preferences)) == (
        [],
        [],
        False,
    )
    assert person.is_off


def test_off_writes_neither_views_nor_impressions(client, ann, things):
    switch(client, "off")
    before = Impression.objects.count()
    for path in (HOME, f"/c/shop/items/{things[0].pk}/", "/c/shop/interests/"):
        assert client.get(path, **PERSON).status_code == 200
    assert Impression.objects.count() == before
    assert not Interaction.objects.filter(profile=ann, kind="view").exists()
    switch(client, "on")
    client.get(f"/c/shop/items/{things[0].pk}/", **PERSON)
    client.get(HOME, **PERSON)
    assert Interaction.objects.filter(profile=ann, kind="view").count() == 1
    assert Impression.objects.count() > before


def test_off_actions_still_work_and_are_stored(client, ann, things):
    switch(client, "off")
    client.post(f"/c/shop/items/{things[2].pk}/act/", {"kind": "save"})
    assert ann.interactions.filter(kind="save").count() == 1
    page = unescape(client.get(f"/c/shop/items/{things[2].pk}/").content.decode())
    assert "Saved" in page


def test_off_the_model_writes_no_words_and_own_ones_stay(client, ann, interest):
    interest_texts.edit_interest_text(profile=ann, edit=Edit(add={"wool": None}))
    assert len(interest_texts.current_interest_text(profile=ann).words) > 1
    set_personal(profile=ann, personal=False)
    written = interest_texts.current_interest_text(profile=Profile.objects.get(pk=ann.pk))
    assert [word["word"] for word in written.words] == ["wool"]
    set_personal(profile=ann, personal=True)
    assert (
        len(interest_texts.current_interest_text(profile=Profile.objects.get(pk=ann.pk)).words) > 1
    )


def test_every_page_with_lists_says_that_they_are_off(client, ann, things):
    assert "Personal lists are off" in switch(client, "off")
    for path in (HOME, f"/c/shop/items/{things[0].pk}/", "/c/shop/interests/"):
        page = unescape(client.get(path).content.decode())
        assert "Personal lists are off. Everybody sees the same lists" in page
        assert 'name="personal" value="on"' in page
    page = unescape(client.get(HOME).content.decode())
    assert "For everybody" in page
    assert "for you</h2>" not in page.lower()
    assert "We think you like" not in page


def test_the_switch_is_on_the_page_you_and_comes_back_to_it(client, ann):
    page = unescape(client.get("/you/").content.decode())
    assert "Personal lists: on" in page
    answer = client.post(SWITCH, {"personal": "off", "next": "/you/"})
    assert answer["Location"] == "/you/"
    assert "Personal lists: off" in unescape(client.get("/you/").content.decode())


def test_a_visitor_without_a_profile_is_remembered_by_an_empty_one(client, things, catalog):
    switch(client, "off")
    visitor = Profile.objects.get(external_id=None)
    assert not visitor.personal
    client.get(f"/c/shop/items/{things[0].pk}/", **PERSON)
    assert not visitor.interactions.exists()


def test_turning_on_what_is_on_makes_no_profile(client, things):
    switch(client, "on")
    assert not Profile.objects.filter(external_id=None).exists()


@pytest.mark.parametrize("fields", [{}, {"personal": "perhaps"}])
def test_anything_else_is_rejected_by_name(client, things, fields):
    answer = client.post(SWITCH, fields)
    assert answer.status_code == 400
    assert "personal" in answer.content.decode()
    assert client.get(SWITCH).status_code == 405


def test_trainings_do_not_read_people_who_turned_it_off(ann, catalog):
    assert ann.pk in datasets.load(catalog).profile_pks
    count = run_queries.read_interactions(catalog).count()
    set_personal(profile=ann, personal=False)
    data = datasets.load(catalog)
    assert ann.pk not in data.profile_pks
    assert (
        len(data.dataset.log.users) == run_queries.read_interactions(catalog).count() == count - 1
    )


def test_off_survives_signing_in(client, catalog, things):
    switch(client, "off")
    user = make_user()
    make_profile(catalog, user=user)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert not Profile.objects.get(user=user).personal


def test_a_merge_keeps_on_only_what_both_have_on(catalog):
    ann, bob = make_profile(catalog), make_profile(catalog)
    assert merge_profiles(source=bob, target=ann).personal
    carol = make_profile(catalog, personal=False)
    assert not merge_profiles(source=carol, target=ann).personal


def test_programs_get_the_strangers_list_too(ann, catalog, things):
    record_interaction(profile=ann, item=things[9], kind="take")
    set_personal(profile=ann, personal=False)
    found = recommend.recommend_for(ann, catalog=catalog, n=4)
    assert found.fallback == recommend.recommend_for(None, catalog=catalog, n=4).fallback
