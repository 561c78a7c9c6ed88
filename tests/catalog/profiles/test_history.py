from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from catalog.models import Item, Profile
from catalog.profiles import history
from tests.factories import make_interaction


def test_the_history_has_positive_events_newest_first(profile: Profile, items: list[Item]) -> None:
    now = timezone.now()
    for age, (item, kind) in enumerate(
        zip(items, ["take", "hide", "view", "dislike", "rate", "like"], strict=True)
    ):
        make_interaction(profile, item, kind, created_at=now - timedelta(hours=age))
    assert [row.kind for row in history.history(profile, n=3)] == ["take", "view", "rate"]
    past = history.past(profile, n=3)
    assert [row.kind for row in past.liked] == ["take", "view", "rate"]
    assert past.known == {items[place].pk for place in (0, 1, 3, 4, 5)}


def test_the_quantity_of_an_order_line_counts_as_pieces(
    profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0], "purchase", quantity=10.0)
    make_interaction(profile, items[1], "purchase")
    one, ten = history.past(profile, n=5).liked
    assert (one.item_id, ten.item_id) == (items[1].pk, items[0].pk)
    assert ten.weight == 2 * one.weight


def test_a_refund_of_fewer_pieces_than_were_bought_leaves_the_purchase(
    profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0], "purchase", quantity=3.0)
    make_interaction(profile, items[0], "refund", quantity=2.0)
    assert history.known(profile) == {items[0].pk}
    make_interaction(profile, items[0], "refund", quantity=1.0)
    assert history.known(profile) == set()
