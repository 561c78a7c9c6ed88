"""Stars: one number for each person and item, from a form of five buttons."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Interaction, Profile
from catalog.profiles import ratings
from tests.factories import change_kind, make_interaction, make_profile
from tests.html import compact


@pytest.fixture
def address(items):
    return reverse("catalog:rate", args=["shop", items[0].pk])


def given() -> list[float | None]:
    return list(Interaction.objects.filter(kind="rate").values_list("value", flat=True))


def test_stars_are_given_changed_and_deleted(client, address, items):
    answer = client.post(address, {"stars": 4}, HTTP_HX_REQUEST="true")
    assert "You gave “Red Mug” 4 stars" in answer.content.decode()
    assert answer["HX-Trigger"] == "acted"
    client.post(address, {"stars": 2})
    assert given() == [2.0]
    client.post(address, {"undo": "rate"})
    assert given() == []


def test_others_stars_stay(client, address, items):
    make_interaction(make_profile(items[0].catalog), items[0], "rate", value=5)
    client.post(address, {"stars": 1})
    client.post(address, {"undo": "rate"})
    assert given() == [5.0]


@pytest.mark.parametrize(
    "body", [{"stars": 0}, {"stars": 6}, {"stars": "many"}, {}, {"stars": 3, "undo": "rate"}]
)
def test_a_bad_rating_is_rejected_by_name(client, address, body):
    answer = client.post(address, body)
    assert answer.status_code == 400
    assert "stars" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_the_buttons_show_what_was_given_without_javascript(client, address, items):
    client.post(address, {"stars": 3})
    page = client.get(items[0].get_absolute_url()).content.decode()
    form = page.split('class="rate"')[1].split("</form>")[0]
    assert form.count('class="lit"') == 3
    pressed = 'name="undo" value="rate" aria-label="3 stars (press to undo)" aria-pressed="true"'
    assert pressed in compact(form)
    assert form.count('name="stars"') == 4


def test_without_a_weight_for_ratings_there_are_no_stars(client, address, items):
    catalog = items[0].catalog
    change_kind(catalog, "rate", weight=0)
    assert 'class="rate"' not in client.get(items[0].get_absolute_url()).content.decode()
    assert client.post(address, {"stars": 3}).status_code == 400
    assert not Profile.objects.exists() or not Interaction.objects.filter(kind="rate").exists()


def test_half_stars_of_programs_light_the_full_ones_below():
    assert [(step.lit, step.chosen) for step in ratings.steps(2.5)] == [(True, False)] * 2 + [
        (False, False)
    ] * 3
    assert not any(step.lit for step in ratings.steps(None))
