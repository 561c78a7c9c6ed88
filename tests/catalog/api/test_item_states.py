"""`GET items/{id}` says whether lists may hold the item, and if not, why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from catalog.item_states import State, state_of
from catalog.models import Catalog
from catalog.models.items import available_now
from tests.api_clients import Program
from tests.factories import make_item

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "listed"),
        ({"stock": 3, "available_from": -HOUR, "available_until": HOUR}, "listed"),
        ({"available": False, "stock": 0}, "unavailable"),
        ({"stock": 0}, "sold_out"),
        ({"available_from": HOUR}, "not_yet"),
        ({"available_until": -HOUR}, "over"),
    ],
)
def test_an_item_tells_why_it_is_in_no_list(
    catalog: Catalog, api: Program, fields: dict[str, Any], state: str
) -> None:
    moments = {
        name: now() + value for name, value in fields.items() if isinstance(value, timedelta)
    }
    item = make_item(catalog, external_id="mug", **{**fields, **moments})
    answer = api.get("items/mug")
    assert (answer["state"], answer["state_reason"]) == (state, "")
    may_be_shown = catalog.items.filter(available_now(), pk=item.pk).exists()
    assert (state == "listed") == may_be_shown, "the state and the lists disagree"


def test_the_bounds_of_a_sale_are_those_of_lists(catalog: Catalog) -> None:
    at = now()
    assert state_of(make_item(catalog, available_from=at), at).name == State.LISTED
    assert state_of(make_item(catalog, available_until=at), at).name == State.OVER


def test_an_answer_can_be_sent_back(catalog: Catalog, api: Program) -> None:
    make_item(catalog, external_id="mug", available=False)
    answer = api.get("items/mug")
    assert api.send("put", "items/mug", {**answer, "title": "Red mug"}) == {
        **answer,
        "title": "Red mug",
    }
