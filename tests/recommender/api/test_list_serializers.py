"""What is written by hand is what the declared fields say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.utils.translation import gettext_lazy
from rest_framework.serializers import Serializer

from catalog.models import Item
from recommender.api.serializers import RecommendedItemSerializer, ShareSerializer
from recommender.explanations.explanations import Explanation, Share
from recommender.serving.item_lists import Card

pytestmark = pytest.mark.django_db


def by_field(serializer: Serializer, instance: Any) -> dict[str, Any]:
    return Serializer.to_representation(serializer, instance)


def test_shares(items: list[Item]) -> None:
    serializer = ShareSerializer()
    shares = [
        Share("From “red”", np.float32(0.5), 12.5, word="red"),
        Share(str(gettext_lazy("reset")), 1.0, -3.0, item=items[0]),
        Share("Popularity", 2, 3, scorer="popularity"),
    ]
    for share in shares:
        assert serializer.to_representation(share) == by_field(serializer, share)


@pytest.mark.parametrize("price", [None, Decimal("3.50")])
@pytest.mark.parametrize("stars", [None, 4.5])
def test_items(items: list[Item], price: Decimal | None, stars: float | None) -> None:
    serializer = RecommendedItemSerializer()
    item = items[0]
    item.price, item.currency = price, "EUR"
    card = Card(item, np.float64(1.5), ("history", "text"), "A reason", 3, 0.25, stars)
    explained = Explanation(item, 1.5, "A reason", by_word=(Share("red", 1.5, 100, word="red"),))
    for place in (
        {"rank": 1, "card": card},
        {"rank": 2, "card": card, "explanation": explained},
    ):
        assert serializer.to_representation(place) == by_field(serializer, place)
