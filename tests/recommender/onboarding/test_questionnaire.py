"""The questionnaire as a browser without JavaScript uses it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Consent
from catalog.models import Catalog, Interaction, Profile
from catalog.models.event_kinds import Kind
from recommender.models import HealthAnswers, InterestText
from recommender.onboarding import questionnaire
from recommender.serving import availability, user_context
from tests.factories import make_catalog, make_item, make_profile

START = "/c/shop/start/"
HEALTH = "/c/health/start/"


pytestmark = pytest.mark.usefixtures("interest")


@pytest.fixture
def health(db) -> Catalog:
    catalog = make_catalog(slug="health", domain=Catalog.Domain.HEALTH)
    for title in ("Calf stretch", "Tomato soup", "Deadlift"):
        make_item(catalog, title=title, categories=["Things"])
    return catalog


def page(client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def shown(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="shown" value="(\d+)"', text)]


def visitor() -> Profile:
    return Profile.objects.get(external_id=None)


def test_it_begins_with_things_to_pick_of_both_camps_and_leaves_no_trace(client, things):
    text = page(client, START)
    asked = shown(text)
    assert len(asked) == len(set(asked)) == 12
    assert {pk in {item.pk for item in things[:8]} for pk in asked} == {True, False}
    assert "Step 1 of 2" in text
    assert "live model" in text
    assert not Profile.objects.filter(external_id=None).exists()
    assert shown(page(Client(), START)) == asked


def test_picks_are_likes_and_the_list_follows_at_once(client, things, catalog):
    asked = shown(page(client, START))
    towels = [pk for pk in asked if pk in {item.pk for item in things[8:]}][:2]
    answer = client.post(f"{START}pick/", {"shown": asked, "picked": towels})
    assert answer["Location"] == f"{START}say/"
    assert set(visitor().interactions.values_list("item_id", "kind")) == {
        (pk, Kind.LIKE) for pk in towels
    }
    answer = client.post(f"{START}say/", {"words": "something warm"})
    assert answer["Location"] == f"{START}done/"
    assert InterestText.objects.get().text == "something warm"
    text = page(client, f"{START}done/")
    assert "Your first list" in text
    assert "We think you like:" in text
    listed = [int(pk) for pk in re.findall(r'data-item="(\d+)"', text)]
    camps = [pk in {item.pk for item in things[8:]} for pk in listed]
    assert all(camps[:4])
    assert not set(towels) & set(listed)


def test_going_back_shows_the_picks_and_takes_them_off(client, things):
    asked = shown(page(client, START))
    client.post(f"{START}pick/", {"shown": asked, "picked": asked[:2]})
    text = page(client, f"{START}pick/")
    assert shown(text) == asked
    assert re.findall(r'value="(\d+)" checked', text) == [str(pk) for pk in asked[:2]]
    client.post(f"{START}pick/", {"shown": asked, "picked": asked[1:3]})
    assert set(visitor().interactions.values_list("item_id", flat=True)) == set(asked[1:3])
    assert visitor().interactions.count() == 2
    client.post(f"{START}say/", {"words": "warm"})
    assert ">warm</textarea>" in page(client, f"{START}say/")
    client.post(f"{START}say/", {"words": ""})
    assert InterestText.objects.get().text == ""


def test_everything_can_be_skipped_and_nothing_is_stored(client, things):
    text = page(client, START)
    assert f'href="{START}say/"' in text
    assert f'href="{START}done/"' in page(client, f"{START}say/")
    client.post(f"{START}pick/", {"shown": shown(text)})
    client.post(f"{START}say/", {"words": " "})
    assert not Profile.objects.filter(external_id=None).exists()
    assert "Nothing was stored" in page(client, f"{START}done/")


@pytest.mark.parametrize(
    "fields", [{"picked": "1"}, {"shown": "x", "picked": "x"}, {"shown": "1", "picked": "2"}]
)
def test_only_what_was_shown_can_be_picked(client, things, fields):
    assert client.post(f"{START}pick/", fields).status_code == 400
    assert not Interaction.objects.filter(kind=Kind.LIKE).exists()


def test_items_of_another_catalogue_are_passed_over(client, things):
    other = make_item(make_catalog(), title="Elsewhere")
    client.post(f"{START}pick/", {"shown": [other.pk], "picked": [other.pk]})
    assert not Interaction.objects.filter(item=other).exists()


def test_a_text_that_is_too_long_is_rejected_on_an_error_page(client, things):
    answer = client.post(f"{START}say/", {"words": "x" * 2001})
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


def test_the_items_are_chosen_once_per_version(client, things, monkeypatch):
    page(client, START)
    monkeypatch.setattr(questionnaire, "questions", lambda *args: pytest.fail("computed again"))
    assert len(shown(page(client, START))) == 12


def test_without_a_model_one_of_each_category_is_asked_about(client, catalog, items):
    text = page(client, START)
    asked = shown(text)
    assert set(asked) == {item.pk for item in items}
    assert "One item from each of the largest categories" in text
    first = [item.category_names[0] for item in items if item.pk in asked[:2]]
    assert sorted(first) == ["Mugs", "Towels"]


def test_an_unavailable_item_is_not_asked_about(client, things):
    asked = shown(page(client, START))
    unavailable = next(item for item in things if item.pk == asked[0])
    unavailable.available = False
    unavailable.save()
    assert unavailable.pk not in shown(page(client, START))
    assert len(shown(page(client, START))) == 12


def test_readers_are_asked_about_items_of_their_language_where_there_are_enough(
    catalog, things, monkeypatch
):
    monkeypatch.setattr(availability, "ENOUGH_TO_ASK", 3)
    for item in things[:3]:
        item.language = "zh-hans"
        item.save()
    assert availability.askable(catalog, "zh-hans") == [item.pk for item in things[:3]]
    assert len(availability.askable(catalog, "en")) == len(things)


def test_health_asks_for_consent_first_and_stores_nothing_without(client, health):
    assert client.get(HEALTH)["Location"] == f"{HEALTH}consent/"
    for screen in ("goals", "practice", "food", "say"):
        assert client.get(f"{HEALTH}{screen}/")["Location"] == f"{HEALTH}consent/"
        assert (
            client.post(f"{HEALTH}{screen}/", {"goals": "move", "words": "x"})["Location"]
            == f"{HEALTH}consent/"
        )
    assert client.post(f"{HEALTH}consent/", {}).status_code == 400
    text = page(client, f"{HEALTH}consent/")
    assert "Not medical advice" in text
    assert " checked" not in text
    assert not HealthAnswers.objects.exists()
    assert not Consent.objects.exists()
    assert not Profile.objects.exists()


def test_health_answers_are_stored_by_screen_and_erased_on_their_own(client, health):
    client.post(f"{HEALTH}consent/", {"agree": "on"})
    assert client.get(HEALTH)["Location"] == f"{HEALTH}goals/"
    for screen, fields in (
        ("goals", {"goals": ["supple", "cook"]}),
        ("practice", {"level": "new", "equipment": ["nothing"], "time": "10"}),
        ("food", {"foods": ["no-nuts"], "conditions": ["back"]}),
        ("say", {"words": "I sit all day"}),
    ):
        assert "Not medical advice" in page(client, f"{HEALTH}{screen}/")
        assert client.post(f"{HEALTH}{screen}/", fields).status_code == 302
    answers = HealthAnswers.objects.get().answers
    assert answers == {
        "goals": ["supple", "cook"], "level": "new", "equipment": ["nothing"], "time": "10",
        "foods": ["no-nuts"], "conditions": ["back"], "words": "I sit all day",
    }  # fmt: skip
    assert not InterestText.objects.exclude(text="").exists()
    assert not Interaction.objects.exists()
    text = page(client, f"{HEALTH}done/")
    assert "Ten minutes" in text
    assert "Your answers are saved" in text
    assert 'value="cook" checked' in page(client, f"{HEALTH}goals/")
    assert (
        "I sit all day" in user_context.user_context_of(visitor(), health).stated_preferences.text
    )
    text = unescape(client.post("/c/health/health-answers/", follow=True).content.decode())
    assert "Your health answers are deleted" in text
    assert not HealthAnswers.objects.exists()
    assert client.get(HEALTH)["Location"] == f"{HEALTH}consent/"


def test_the_consent_says_what_leaves_the_house(client, health, settings):
    assert "models.example" not in page(client, f"{HEALTH}consent/")
    settings.TEXT_ENCODER = "https://models.example/v1"
    assert "What you type is sent to models.example" in page(client, f"{HEALTH}consent/")


def test_a_bad_health_answer_is_rejected_by_name(client, health):
    client.post(f"{HEALTH}consent/", {"agree": "on"})
    answer = client.post(f"{HEALTH}practice/", {"level": "olympic"})
    assert answer.status_code == 400
    assert "olympic" in answer.content.decode()


def test_the_shops_questions_need_no_consent_and_there_are_no_others(client, things):
    assert "consent" not in client.get(START)["Location"]
    for screen in ("consent", "goals", "nonsense"):
        assert client.get(f"{START}{screen}/").status_code == 404


def test_closed_catalogues_ask_nobody(client, things, catalog):
    catalog.is_public = False
    catalog.save()
    for path in (START, f"{START}pick/", f"{START}done/"):
        assert client.get(path).status_code == 404
    assert client.post("/c/shop/health-answers/").status_code == 404


def test_a_stranger_finds_it_on_the_home_and_reads_it_in_chinese(client, things):
    assert f'href="{START}"' in page(client, "/c/shop/")
    text = client.get(f"{START}pick/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "Which of these" not in text
    assert "第 1 步" in text


def test_pages_of_others_are_their_own(client, things):
    asked = shown(page(client, START))
    client.post(f"{START}pick/", {"shown": asked, "picked": asked[:1]})
    assert not re.findall(r'value="\d+" checked', page(Client(), f"{START}pick/"))
    assert make_profile(visitor().catalog).interactions.count() == 0
