"""Attributes as a person reads them."""

from __future__ import annotations

import pytest
from django.utils import translation

from catalog.browse.item_facts import facts_of, link_of
from catalog.models import Catalog, Item


def item(**attributes: object) -> Item:
    return Item(catalog=Catalog(), attributes=attributes)


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"price": 12.5, "currency": "GBP"}, [("Price", "£12.50")]),
        ({"price": 3}, [("Price", "3.00")]),
        ({"level": "beginner"}, [("Level", "beginner")]),
        ({"level": 2}, []),
        ({"equipment": ["mat", "ball"]}, [("Equipment", "mat, ball")]),
        ({"shelf": "Legs", "source_title": "X", "url": "https://a.example/"}, []),
        ({"made_in": "Wales"}, [("Made in", "Wales")]),
        ({"nested": {"a": 1}, "empty": "", "none": []}, []),
    ],
)
def test_only_readable_attributes_are_facts(attributes, shown):
    assert facts_of(item(**attributes)) == shown


def test_facts_are_translated():
    with translation.override("zh-hans"):
        assert facts_of(item(price=2))[0][0] == "价格"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "", None, 7]
)
def test_only_web_addresses_become_links(address):
    assert link_of(item(url=address)) == ""


def test_a_web_address_becomes_a_link():
    assert link_of(item(url="https://a.example/x")) == "https://a.example/x"
