"""The cached HTML of a card changes with everything that the card shows."""

from __future__ import annotations

import pytest
from django.utils import translation

from catalog.browse.card_html import draw, face_of
from catalog.browse.cards import PlainCard
from tests.factories import make_catalog, make_item


def drawn(item, people=3, popularity_rank=0.9):
    return draw(face_of(PlainCard(item, people, popularity_rank)))


@pytest.fixture
def item(db):
    return make_item(make_catalog(), title="Lamp", provider="Lux", language="en")


def test_an_edited_item_is_rendered_again(item):
    assert "Lamp" in drawn(item)
    item.title, item.provider = "Lantern", "Nox"
    assert "Lantern" in drawn(item)
    assert "Nox" in drawn(item)
    assert "Lamp" not in drawn(item)


def test_current_figures_are_shown(item):
    assert "3" in drawn(item, people=3)
    assert "4" in drawn(item, people=4)
    assert drawn(item, popularity_rank=0.1) != drawn(item, popularity_rank=0.9)


def test_each_language_has_its_own(item):
    english = drawn(item)
    with translation.override("zh-hans"):
        assert drawn(item) != english
    assert drawn(item) == english


def test_titles_and_providers_are_escaped(item):
    item.title, item.provider = "<b>Lamp</b>", '"<i>'
    assert "<b>" not in drawn(item)
    assert "<i>" not in drawn(item)


def test_without_a_provider_the_category_is_shown(item):
    item.provider, item.known_categories = "", ["Light"]
    assert "Light" in drawn(item)
