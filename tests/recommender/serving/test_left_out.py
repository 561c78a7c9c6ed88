"""From what is typed to the lists: nothing left out is in any, and each says why."""

from __future__ import annotations

import pytest

from recommender.engine.exclusions.grammar import read
from recommender.interests import interest_texts
from recommender.preferences.interests import Edit
from recommender.serving import left_out, live_models, recommend
from recommender.serving.home import for_you_note
from recommender.serving.user_context import user_context_of
from tests.factories import make_item


@pytest.fixture
def taken(things):
    return [things[8]]


@pytest.fixture
def said(ann):
    """Ann, who took a towel and typed that she wants no mugs."""
    interest_texts.edit_interest_text(profile=ann, edit=Edit(text="Soft things, no mugs please"))
    return ann


def titles(found) -> list[str]:
    return [card.item.title for card in found.cards]


def listed(profile, **options):
    return recommend.recommend_for(profile, catalog=profile.catalog, record=False, **options)


def test_no_list_holds_what_is_left_out_and_each_says_how_much_that_is(said, things):
    found = listed(said, n=24)
    assert found.cards
    assert not [title for title in titles(found) if "mug" in title.lower()]
    [counted] = found.left_out
    assert (counted.exclusion.words, counted.items) == ("mugs", 8)


def test_without_a_model_popular_items_obey_too(said, monkeypatch):
    monkeypatch.setattr("recommender.serving.page_plan.live", lambda catalog: None)
    assert not [title for title in titles(listed(said, n=24)) if "mug" in title.lower()]


def test_similar_items_of_the_person_obey(said, things):
    user = user_context_of(said, said.catalog)
    near = recommend.similar_items(things[0], n=12, user=user)
    assert not [title for title in titles(near) if "mug" in title.lower()]


def test_a_new_item_is_left_out_at_once(said, catalog):
    item = make_item(catalog, title="Purple Mug")
    left_out.forget()
    user = user_context_of(said, catalog)
    assert item.pk in user.left_out.pks


def test_another_state_of_the_catalogue_is_another_revision(said, catalog):
    before = user_context_of(said, catalog).revision
    make_item(catalog, title="Purple Mug")
    left_out.forget()
    assert user_context_of(said, catalog).revision != before


def test_with_personal_lists_off_nothing_typed_is_read(said):
    said.personal = False
    said.save(update_fields=["personal"])
    user = user_context_of(said, said.catalog)
    assert not len(user.left_out)


def test_a_short_list_says_why(said):
    interest_texts.edit_interest_text(profile=said, edit=Edit(leave_out=("towels",)))
    user = user_context_of(said, said.catalog)
    found = listed(said, n=12)
    assert len(found.cards) == 0
    assert "nothing else is left" in for_you_note(found, user)


def test_the_panel_says_that_an_item_is_in_no_list(said, things):
    explanation = recommend.explain(said, things[0])
    assert explanation.left_out == ("Nothing with: mugs",)
    assert recommend.explain(said, things[9]).left_out == ()


def test_a_lifted_exclusion_stays_lifted_for_its_text_only(said):
    edit = interest_texts.edit_interest_text
    edit(profile=said, edit=Edit(lift=("without:mugs",)))
    edit(profile=said, edit=Edit(text="Soft things, no mugs please", add={"towel": 1.0}))
    assert not len(user_context_of(said, said.catalog).left_out)
    edit(profile=said, edit=Edit(text="no mugs"))
    assert len(user_context_of(said, said.catalog).left_out) == 8


def test_lists_ask_no_more_queries_once_it_is_found(said, django_assert_max_num_queries):
    assert user_context_of(said, said.catalog).left_out.pks
    user = user_context_of(said, said.catalog)
    with django_assert_max_num_queries(2):
        assert len(user.left_out) == 8


def test_a_loaded_model_has_its_words_indexed(catalog, things, monkeypatch):
    left_out.forget()
    live_models.forget()
    assert live_models.live(catalog) is not None
    monkeypatch.setattr(
        left_out, "searchable_items", lambda items: pytest.fail("the request reads items")
    )
    assert len(left_out.left_out_of(catalog, read("no mugs").exclusions)) == 8


def test_a_changed_catalogue_is_indexed_anew_before_a_request_asks(catalog, things, settings):
    settings.MODEL_REFRESH_SECONDS = 0
    left_out.forget()
    live_models.forget()
    live_models.live(catalog)
    item = make_item(catalog, title="Purple Mug")
    assert left_out.is_outdated(catalog)
    live_models.live(catalog)
    assert not left_out.is_outdated(catalog)
    assert item.pk in left_out.left_out_of(catalog, read("no mugs").exclusions).pks
